"""One number on several people."""

from dataclasses import replace

from shared.compliance.finding import Severity, Source
from shared.compliance.holder import Holder
from shared.compliance.judging import judge
from shared.compliance.sharing import newly_told, shared_findings
from shared.compliance.subject import Subject
from tests.unit.compliance.people import (
    ALTERNATE,
    MOBILE,
    NO_NUMBER,
    READ_AT,
    STRONG,
    VIOLATION,
    person,
    phone,
    read,
    reported,
    standards,
)

ANNA_HAS = judge(read(*STRONG, phones=[phone()]), standards()).holders[0]
BEN_HAS = replace(ANNA_HAS, user_id="ben", user_principal_name="ben@contoso.example", department="Finance")


def test_every_number_that_was_read_has_a_row() -> None:
    judgement = judge(read(*STRONG, phones=[phone(), phone(ALTERNATE, number_hash="number-2"), NO_NUMBER]), standards())
    assert [(each.number_hash, each.phone_type) for each in judgement.holders] == [
        ("number-1", MOBILE),
        ("number-2", ALTERNATE),
    ]
    assert judgement.holders[0] == Holder(
        "number-1",
        person().user_id,
        "anna.abel@contoso.example",
        MOBILE,
        "+44 ********56",
        "Anna Abel",
        "Sales",
        "GB",
        person().manager_id,
        "Max Muster",
        READ_AT,
        told=True,
    )


def test_nobody_has_one_who_was_not_read_or_where_nobody_asks() -> None:
    subject = read(*STRONG, phones=[phone()])
    assert judge(reported("mobilePhone"), standards()).holders == ()
    assert judge(subject, standards(tripwires={"usersPerNumber": None})).holders == ()
    assert judge(subject, standards(sweep={"off": ["number_shared"]})).holders == ()


def test_each_of_two_people_is_told_how_many_share_it_and_not_who() -> None:
    found = shared_findings([BEN_HAS, ANNA_HAS], standards())
    assert [each.user_id for each in found] == [person().user_id, "ben"]
    for each in found:
        assert (each.verdict, each.severity, each.source) == (VIOLATION, Severity.HIGH, Source.READING)
        assert each.evidence == ("2 people have the number of the mobile phone +44 ********56; policy allows 1.")
    assert found[1].department == "Finance"


def test_one_person_with_one_number_on_two_phones_shares_it_with_nobody() -> None:
    twice = [ANNA_HAS, replace(ANNA_HAS, phone_type=ALTERNATE, user_id=ANNA_HAS.user_id.upper())]
    assert shared_findings(twice, standards()) == ()


def test_each_phone_is_told_where_others_share_it() -> None:
    found = shared_findings([ANNA_HAS, replace(ANNA_HAS, phone_type=ALTERNATE), BEN_HAS], standards())
    assert [(each.user_id, each.phone_type) for each in found] == [
        (person().user_id, ALTERNATE),
        (person().user_id, MOBILE),
        ("ben", MOBILE),
    ]


def test_a_row_that_is_there_twice_counts_once() -> None:
    assert len(shared_findings([ANNA_HAS, BEN_HAS, ANNA_HAS], standards())) == 2


def test_policy_says_how_many_may_share_a_number() -> None:
    both = [ANNA_HAS, BEN_HAS]
    assert shared_findings(both, standards(tripwires={"usersPerNumber": 2})) == ()
    assert shared_findings(both, standards(tripwires={"usersPerNumber": None})) == ()
    assert shared_findings(both, standards(sweep={"off": ["number_shared"]})) == ()


def test_an_exception_excuses_whom_it_names() -> None:
    excuse = {"id": "EX-1", "codes": ["number_shared"], "users": [person().user_principal_name]}
    by = standards(exceptions=[{**excuse, "owner": "a@contoso.example", "reason": "One desk", "expires": "2026-12-31"}])
    found = shared_findings([*judge(read(*STRONG, phones=[phone()]), by).holders, BEN_HAS], by)
    assert [each.excused_by for each in found] == ["EX-1", ""]


def test_people_of_whom_something_was_told_before_do_not_count_anew() -> None:
    alone = judge(Subject(person(), reading=read(phones=[phone()]).reading), standards()).holders[0]
    assert (alone.told, ANNA_HAS.told) == (True, False)
    assert newly_told([alone, BEN_HAS], shared_findings([alone, BEN_HAS], standards())) == 1
    assert newly_told([ANNA_HAS, BEN_HAS], shared_findings([ANNA_HAS, BEN_HAS], standards())) == 2
