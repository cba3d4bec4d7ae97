"""A work file: what belongs to a share of the people is one stretch of it, and all shares make up the whole."""

from hypothesis import given
from hypothesis import strategies as some

from shared.compliance.finding import ComplianceCode, Finding, Severity, Verdict
from shared.compliance.rows import Person
from shared.sweep.kinds import FINDINGS, PEOPLE
from shared.sweep.work_file import HEADER_LENGTH, SLOTS, Share, shares_of, slot_of

IDS = some.uuids().map(str)
PEOPLE_ROWS = some.lists(
    some.builds(Person, user_id=IDS, user_principal_name=some.text(max_size=20), display_name=some.text(max_size=20))
)


def stretch(content: bytes, share: Share) -> bytes:
    start, length = share.stretch(content[:HEADER_LENGTH])
    return content[start : start + length]


@given(PEOPLE_ROWS, some.integers(1, SLOTS))
def test_the_shares_make_up_the_whole_and_nobody_is_in_two(rows: list[Person], of: int) -> None:
    content = PEOPLE.packed(rows)
    found = [row for number in range(of) for row in PEOPLE.unpacked(stretch(content, Share(number, of)))]
    assert sorted(found, key=repr) == sorted(rows, key=repr)
    assert sorted(PEOPLE.whole(content), key=repr) == sorted(rows, key=repr)


@given(IDS, some.integers(1, SLOTS))
def test_the_rows_of_one_user_are_in_the_same_share_of_every_file(user_id: str, of: int) -> None:
    one, other = Person(user_id, "a"), Person(user_id.upper(), "b")
    for number in range(of):
        share = Share(number, of)
        found = [list(PEOPLE.unpacked(stretch(PEOPLE.packed([row]), share))) for row in (one, other)]
        assert [len(rows) for rows in found] == [int(share.first <= slot_of(user_id) < share.end)] * 2


@given(some.integers(0, 10_000_000), some.integers(1, 100_000))
def test_no_share_has_many_more_rows_than_asked_for_unless_there_are_256_of_them(rows: int, most: int) -> None:
    of = shares_of(rows, most)
    assert 1 <= of <= SLOTS
    assert of == SLOTS or rows / of <= most


def test_findings_keep_the_order_in_which_they_are_told() -> None:
    rows = [
        Finding(ComplianceCode.PHONE_ONLY, Verdict.VIOLATION, Severity.CRITICAL, f"{number}", user_id=str(number))
        for number in range(50)
    ]
    assert list(FINDINGS.whole(FINDINGS.packed(rows))) == rows


def test_an_empty_file_has_empty_shares() -> None:
    assert list(PEOPLE.unpacked(stretch(PEOPLE.packed([]), Share(3, 7)))) == []
