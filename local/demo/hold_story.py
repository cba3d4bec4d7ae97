"""Requests that look like a takeover: what holds them, and what people do about it. And changes that are undone."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from local.demo.company import User
from local.demo.feed_writer import FeedWriter, Row
from local.demo.moves import Move, cancel

_DESK = Move("security-desk")
_EXCUSED = "relocation-desk"


def _somebody_changes_twice(writer: FeedWriter) -> None:
    """The second change waits: one is cancelled, one is left alone until its time is over."""
    for moves in ((cancel("security-desk", "The user did not ask for it"),), ()):
        user = writer.someone()
        writer.change(user, requestedBy="servicedesk")
        again = writer.change(user, requestedBy="servicedesk", reason="Caller wants another number")
        writer.held(again, *moves)


def _a_number_that_a_colleague_has(writer: FeedWriter) -> None:
    """Who asked may not approve."""
    first, second = writer.someone(), writer.someone()
    number = writer.new_mobile(first)
    given = writer.row(first, phoneNumber=writer.written(number), region=first["usageLocation"])
    shared = writer.row(
        second, phoneNumber=writer.written(number), region=first["usageLocation"], requestedBy="servicedesk"
    )
    writer.wait_for(shared, given)
    writer.held(shared, Move("servicedesk"), _DESK)


def _passwords_that_were_just_changed(writer: FeedWriter) -> None:
    """Such a change cools off: one goes on by itself, one is cancelled, one is only tried."""
    released, cancelled, tried = (_with_a_new_password(writer) for _ in range(3))
    writer.held(writer.change(released))
    stopped = writer.change(cancelled, requestedBy="servicedesk")
    writer.held(stopped, cancel("security-desk", "The user reports a stolen password"))
    writer.change(tried, dryRun="true")


def _with_a_new_password(writer: FeedWriter) -> User:
    user = writer.someone()
    user["lastPasswordChangeDateTime"] = writer.at(timedelta(minutes=-10))
    return user


def _somebody_changes_too_often(writer: FeedWriter) -> None:
    """An exception excuses the movers from the cool-down, and from nothing else; the team lead may not approve it."""
    mover = writer.someone()
    for _ in range(2):
        writer.change(mover, requestedBy=_EXCUSED)
    third = writer.change(mover, requestedBy=_EXCUSED)
    writer.held(third, Move("team-lead"), _DESK)


def _undone(writer: FeedWriter) -> None:
    """One change is taken back; one is not, because the phone was changed again; one was never made."""
    mistaken, changed_again, nobody = (writer.someone() for _ in range(3))
    _undo(writer, mistaken, writer.change(mistaken, reason="The form was another person's"))
    first = writer.change(changed_again, requestedBy=_EXCUSED)
    writer.change(changed_again, requestedBy=_EXCUSED)
    _undo(writer, changed_again, first)
    _undo(writer, nobody, {"requestId": "HR-2025-1234"})


def _undo(writer: FeedWriter, user: User, row: Row) -> None:
    writer.row(user, operation="undo", undoes=row["requestId"], requestedBy="workday")


CASES: tuple[Callable[[FeedWriter], None], ...] = (
    _somebody_changes_twice,
    _a_number_that_a_colleague_has,
    _passwords_that_were_just_changed,
    _somebody_changes_too_often,
    _undone,
)


def one_too_many(writer: FeedWriter, ordinary: Sequence[Row]) -> None:
    """Adds one more request by Workday, once it has made as many changes as policy allows it without a word."""
    writer.wait_for(writer.ordinary_change(), *ordinary)


def last_of_all(writer: FeedWriter) -> None:
    """Adds one more, after all others: by then more phones were changed than policy expects of the whole tenant."""
    others = list(writer.feed.rows)
    writer.wait_for(writer.change(writer.someone(), reason="Last form of the day"), *others)
