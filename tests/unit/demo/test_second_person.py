"""The second person does what the story says, and the books show what came of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.demo.hold_book import HoldBook
from local.demo.moves import Move, cancel
from local.demo.second_person import SecondPerson
from shared.messages.approval import Approval, HoldWord
from tests.unit.demo.told import EXPIRES_AT, answered, held

DESK = Move("security-desk")
END = datetime.fromisoformat(EXPIRES_AT)


def decided(approval: Approval | None) -> tuple[str, HoldWord, str] | None:
    return (approval.decided_by, approval.decision, approval.request_id) if approval else None


def test_a_move_becomes_an_approval_that_names_the_hold() -> None:
    person = SecondPerson({"R-1": (cancel("boss", "The user did not ask for it"),)})
    approval = person.seen(held("R-1")["data"])
    assert decided(approval) == ("boss", HoldWord.CANCEL, "R-1")
    assert approval is not None
    assert (approval.hold_id, approval.reason) == ("R-1:held", "The user did not ask for it")


def test_the_next_move_follows_where_the_first_one_does_not_count() -> None:
    person = SecondPerson({"R-1": (Move("servicedesk"), DESK)})
    first = person.seen(held("R-1")["data"])
    second = person.told(answered("A-0001", "R-1", "approver_is_requester")["data"])
    assert (decided(first), decided(second)) == (
        ("servicedesk", HoldWord.APPROVE, "R-1"),
        ("security-desk", HoldWord.APPROVE, "R-1"),
    )
    assert first is not None
    assert second is not None
    assert first.approval_id != second.approval_id
    assert person.told(answered("A-0002", "R-1", "too_late")["data"]) is None


def test_nothing_follows_an_approval_that_counts() -> None:
    person = SecondPerson({"R-1": (DESK, DESK)})
    person.seen(held("R-1")["data"])
    assert person.told(answered("A-0001", "R-1")["data"]) is None


def test_a_request_that_the_story_leaves_alone_is_left_alone_and_any_other_one_is_not() -> None:
    person = SecondPerson({"R-1": ()}, (DESK,))
    assert person.seen(held("R-1")["data"]) is None
    assert decided(person.seen(held("R-2")["data"])) == ("security-desk", HoldWord.APPROVE, "R-2")


def test_a_second_hold_of_a_request_is_no_part_of_the_story() -> None:
    """It is held for another reason, and must not be left waiting."""
    person = SecondPerson({"R-1": ()}, (DESK,))
    assert decided(person.seen(held("R-1", generation=":2")["data"])) is not None


def test_what_releases_itself_needs_nobody() -> None:
    person = SecondPerson({}, (DESK,))
    assert person.seen(held("R-1", releasesAt=EXPIRES_AT)["data"]) is None


def test_an_answer_to_somebody_else_is_no_concern_of_theirs() -> None:
    assert SecondPerson({}, (DESK,)).told(answered("X-1", "R-9", "not_held")["data"]) is None


def book(*sent: str) -> HoldBook:
    return HoldBook({"R-1", "R-2"}, sent=list(sent))


def left(books: HoldBook, moment: datetime = END - timedelta(seconds=1)) -> list[str]:
    return [hold["requestId"] for hold in books.left_behind(moment)]


def test_a_hold_is_open_until_its_request_ends() -> None:
    books = book()
    assert books.held(held("R-1"))
    assert not books.held(held("R-1"))
    assert left(books) == ["R-1"]
    books.ended("R-1")
    assert (list(books.open), books.ever) == ([], {"R-1"})
    assert not books.held(held("R-1"))
    assert (list(books.open), books.invented) == ([], [])


def test_a_request_that_is_held_anew_is_news() -> None:
    books = book()
    assert books.held(held("R-1"))
    assert books.held(held("R-1", "number_shared", generation=":2"))
    assert [hold["holdId"] for hold in books.open.values()] == ["R-1:held:2"]


def test_a_hold_that_ends_by_itself_before_the_demo_gives_up_is_waited_for() -> None:
    books = book()
    books.held(held("R-1"))
    assert left(books, END) == []
    books.held(held("R-2", releasesAt="2026-11-23T13:00:00Z"))
    assert left(books, END) == ["R-2"]


def test_what_was_approved_is_waited_for_and_what_was_not_is_left_behind() -> None:
    books = book("A-1", "A-2")
    books.held(held("R-1"))
    books.held(held("R-2"))
    books.answered(answered("A-1", "R-1"))
    books.answered(answered("A-2", "R-2", "approver_not_entitled"))
    assert left(books) == ["R-2"]


def test_an_approval_without_an_answer_is_lost() -> None:
    books = book("A-1", "A-2")
    assert books.answered(answered("A-1", "R-1"))
    assert not books.answered(answered("A-1", "R-1"))
    assert (books.unanswered, books.invented) == (["A-2"], [])


@pytest.mark.parametrize(
    "events",
    [
        [held("R-9")],
        [answered("A-9", "R-1")],
        [answered("A-1", "R-1"), answered("A-1", "R-1", "too_late")],
    ],
    ids=["a hold of nobody's request", "an answer to nothing", "two answers"],
)
def test_what_nobody_caused_is_invented(events: list[dict[str, Any]]) -> None:
    """The books must be able to fail."""
    books = book("A-1")
    for event in events:
        (books.held if event["type"].endswith("held") else books.answered)(event)
    assert books.invented == [events[-1]["id"]]


def test_an_approval_says_when_it_was_decided() -> None:
    approval = SecondPerson({}, (DESK,)).seen(held("R-1")["data"])
    assert approval is not None
    assert abs(approval.decided_at - datetime.now(UTC)) < timedelta(minutes=1)
