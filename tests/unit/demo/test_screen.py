"""What a person sees: readable in every terminal, quiet in a file, and true to other people's words."""

import io
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.demo import picture, report
from local.demo.accounting import Account
from local.demo.feed import Feed, RowFault
from local.demo.hold_book import HoldBook
from local.demo.outcome_table import show_outcomes
from local.demo.progress import starting, watched
from local.demo.records import Ledger
from local.demo.seen import Seen
from shared.codes import MESSAGES, Code
from shared.outcome import KnownUser
from shared.policy.answers import Answer
from shared.policy.finding import Finding
from shared.request_hold import HoldDecision, HoldState, RequestHold
from shared.tables.hold_text import hold_text
from tests.unit.demo.told import answered, finding, held

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def finding_text(answer: str, excused_by: str | None) -> str:
    return json.dumps([finding("guest_user", answer, excused_by)])


def console(width: int = 80, *, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=terminal, markup=False, highlight=False, emoji=False)


def printed(to: Console) -> str:
    assert isinstance(to.file, io.StringIO)
    return to.file.getvalue()


def row(request_id: str = "HR-2026-0001", **fields: Any) -> Mapping[str, Any]:
    plain = {"operation": "set", "phoneType": "mobile", "outcome": "changed", "code": "replaced", "attempts": 1}
    name = {"userPrincipalName": "pellegrino.travaglio@contoso.example", "maskedNumber": "+39 ********64"}
    return {"requestId": request_id, **plain, **name, **fields}


def table(width: int, *rows: Mapping[str, Any]) -> str:
    screen = console(width)
    show_outcomes(screen, rows, {})
    return printed(screen)


def seen(*rows: Mapping[str, Any], **fields: Any) -> Seen:
    plain = {"account": Account({}), "ledger": Ledger(tuple(rows), 0), "parked": 0, "dead": 0, "mails": 1, "untold": 0}
    return Seen(**{**plain, "misfits": (), "left_out": 0, "too_late": 0, "seconds": 35.0, **fields})


def hold(state: HoldState = HoldState.WAITING, *, cools_off: bool = False) -> str:
    decision = HoldDecision(state, "security-desk", "Checked", NOW, "A-1") if state is not HoldState.WAITING else None
    return hold_text(
        RequestHold(
            findings=(Finding(Code.COOL_DOWN, "", Answer.HOLD),),
            placed_at=NOW,
            expires_at=NOW,
            user=KnownUser("1", "a@b"),
            releases_at=NOW if cools_off else None,
            decision=decision,
        )
    )


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"hold": hold(HoldState.APPROVED)}, "changed held: cool down -> approved by security-desk -> replaced"),
        (
            {"hold": hold(HoldState.CANCELLED), "outcome": "rejected", "code": "cancelled"},
            "rejected held: cool down -> cancelled by security-desk",
        ),
        (
            {"hold": hold(), "outcome": "expired", "code": "not_approved"},
            "expired held: cool down -> nobody approved it",
        ),
        ({"hold": hold(cools_off=True)}, "changed held: cool down -> released by itself -> replaced"),
        (
            {"hold": hold(), "outcome": None, "code": None, "finished": False},
            "held cool down -> waits for approval until 2026-11-23 09:00:00 UTC",
        ),
        (
            {"hold": hold(cools_off=True), "outcome": None, "code": None, "finished": False},
            "held cool down -> cools off until 2026-11-23 09:00:00 UTC",
        ),
        ({"findings": finding_text("warn", None)}, "changed replaced (warning: guest user)"),
        ({"findings": finding_text("allow", "paul")}, "changed replaced (guest user excused by paul)"),
        ({"findings": finding_text("allow", "paul"), "outcome": "rejected"}, "rejected replaced"),
    ],
)
def test_the_table_says_what_held_a_request_and_what_came_of_it(fields: dict[str, Any], told: str) -> None:
    present = {name: value for name, value in fields.items() if value is not None}
    plain = {name: value for name, value in row(finished=True).items() if fields.get(name, "") is not None}
    assert told in " ".join(table(240, {**plain, **present}).split())


def test_what_is_still_held_is_told_with_its_time_and_how_to_approve_it() -> None:
    books = HoldBook({"R-1", "R-2"}, sent=["A-1"])
    books.held(held("R-1"))
    books.held(held("R-2", releasesAt="2026-11-23T13:00:00Z"))
    screen = console(400)
    report.show_held(screen, seen(holds=books))
    lines = printed(screen).splitlines()
    assert lines[2].startswith("R-1: waits for approval until 2026-11-23 09:00 UTC.")
    assert lines[3].startswith("R-2: cools off until 2026-11-23 13:00 UTC.")
    assert "With --approve" in lines[4]
    books.answered(answered("A-1", "R-1", "approver_not_entitled"))
    refused = console(400)
    report.show_held(refused, seen(holds=books))
    assert "Policy does not let demo-approver approve" in printed(refused)
    nothing = console()
    report.show_held(nothing, seen())
    assert printed(nothing) == ""


def test_what_is_held_is_not_lost() -> None:
    books = HoldBook({"R-1"})
    books.held(held("R-1"))
    screen = console(400)
    assert report.verdict(screen, seen(account=Account({"R-1": 1}), holds=books))
    assert "reached an outcome or waits for a person (1), and nothing was lost" in printed(screen)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"holds": HoldBook(sent=["A-1"])}, "No answer to approval A-1."),
        ({"idle": ["cool_down"]}, "No request met cool_down."),
    ],
)
def test_a_lost_approval_and_a_rule_that_nobody_met_are_faults(fields: dict[str, Any], told: str) -> None:
    screen = console(400)
    assert not report.verdict(screen, seen(**fields))
    assert told in printed(screen)


def test_an_answer_that_nobody_caused_is_a_fault() -> None:
    books = HoldBook({"R-1"})
    books.answered(answered("A-9", "R-1"))
    screen = console(400)
    assert not report.verdict(screen, seen(holds=books))
    assert "approval:A-9:approved" in printed(screen)


def test_the_sums_tell_of_holds_and_of_exceptions_that_end() -> None:
    books = HoldBook({"R-1"}, sent=["A-1", "A-2"])
    books.held(held("R-1"))
    books.answered(answered("A-1", "R-1", "approver_is_requester"))
    books.answered(answered("A-2", "R-1"))
    screen = console(400)
    ending = [{"exceptionId": "fair", "daysLeft": 1, "owner": "fairs@contoso.example"}]
    report.show_sums(screen, seen(row(hold=hold(HoldState.APPROVED), finished=True), holds=books, ending=ending))
    assert "Held: 1 (1 approved); approvals that did not count: 1." in printed(screen)
    assert "Exception fair ends in 1 day; fairs@contoso.example was told." in printed(screen)


def test_what_happens_on_the_way_is_told_up_to_a_bound() -> None:
    screen = console()
    with watched(screen, 1, 1) as progress:
        for number in range(50):
            progress.told(f"R-{number} is held.")
    assert len(printed(screen).splitlines()) == 41
    assert printed(screen).endswith("... and so on.\n")


@pytest.mark.parametrize("width", [80, 100, 119, 120, 140, 200])
def test_every_reason_is_readable_in_every_terminal(width: int) -> None:
    """None is cut off, and no line breaks anywhere but between words."""
    for code in Code:
        text = table(width, row(outcome="already_correct", code=code.value))
        words = " ".join(text.split())
        reason = code.value.replace("_", " ")
        start, *rest = reason.split()
        assert start in words
        assert all(re.search(rf"\b{word}\b", words) for word in rest), (width, reason)
        assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("width", [80, 140])
def test_long_names_end_in_an_ellipsis_and_squeeze_nothing_else(width: int) -> None:
    long_row = row("3f2c6d9e-8f0b-4a55-9d3e-0c7b2f1a6e4d", userPrincipalName="x" * 60, outcome="rejected")
    text = table(width, long_row, row(phoneType="alternateMobile"))
    assert text.count("…") == 2
    assert "set alternate" in text
    assert "rejected" in text


def test_other_peoples_words_are_printed_as_they_stand() -> None:
    """Square brackets and colons mean something to the library that prints."""
    assert "[/red]:smile:" in table(140, row("[/red]:smile:"))
    screen = console()
    report.show_feed(screen, Feed((), (RowFault(2, "[/] is no JSON"),), ("[bold]Cost[/bold]",)))
    assert "[/] is no JSON" in printed(screen)
    assert "[bold]Cost[/bold]" in printed(screen)


def test_of_very_many_requests_those_are_shown_that_a_person_should_see() -> None:
    many = [row(f"R-{number}") for number in range(300)]
    text = table(140, *many, row("R-odd", outcome="rejected"))
    assert "of the 1 requests, of 301, that did not end as they were asked" in text
    assert "R-odd" in text
    assert "R-7 " not in text
    refused = [row(f"R-{number}", outcome="rejected") for number in range(300)]
    assert "... and 100 more." in table(140, *refused)
    assert table(140, *many).count("\n") == 1


def test_of_very_many_unreadable_lines_the_first_are_told_and_the_rest_counted() -> None:
    screen = console()
    report.show_feed(screen, Feed((), tuple(RowFault(number, "it is no JSON") for number in range(1, 41))))
    assert "Line 20 of the feed was left out: it is no JSON." in printed(screen)
    assert "Line 21 " not in printed(screen)
    assert "... and 20 more lines." in printed(screen)


def test_a_number_that_a_spreadsheet_has_spoilt_is_told_by_its_line_and_not_by_its_digits() -> None:
    screen = console(160)
    report.show_feed(screen, Feed((), (), (), (2, 9)))
    assert "in line 2, 9: format the column as text." in printed(screen)


def test_the_sums_and_the_verdict_name_what_was_left_out() -> None:
    screen = console()
    one = seen(row(), left_out=2)
    report.show_sums(screen, one)
    assert report.verdict(screen, one)
    assert "1 request in 35 s, 1 mail, 0 parked messages:" in printed(screen)
    assert "nothing was lost. Lines of the feed left out: 2." in " ".join(printed(screen).split())


def test_what_does_not_fit_the_contract_is_told_in_words() -> None:
    screen = console(160)
    report.show_misfits(screen, [("R-1", f"{MESSAGES[Code.INVALID_REQUEST]} user: give exactly one")] * 21)
    assert printed(screen).splitlines()[2] == "R-1: user: give exactly one"
    assert printed(screen).endswith("... and 1 more.\n")
    nothing = console()
    report.show_misfits(nothing, [])
    assert printed(nothing) == ""


def test_a_loss_is_told_by_its_ids_up_to_a_bound() -> None:
    screen = console(2000)
    lost = Account({f"R-{number}": 1 for number in range(100)})
    assert not report.verdict(screen, seen(account=lost))
    assert "No outcome for R-0, R-1," in printed(screen)
    assert "R-19 and 80 more." in printed(screen)


def test_progress_is_a_few_plain_lines_where_the_output_is_no_terminal() -> None:
    screen = console()
    with starting(screen), watched(screen, 8, 8) as progress:
        for number in range(1, 9):
            progress.sent()
            progress.done(number)
    assert printed(screen).splitlines() == [
        "Starting identity, Graph, Service Bus, storage and the Functions host ...",
        *[f"Outcomes: {number} of 8." for number in (2, 4, 6)],
        "Requests sent: 8.",
        "Outcomes: 8 of 8.",
    ]


def test_progress_is_bars_on_a_terminal() -> None:
    screen = console(terminal=True)
    with watched(screen, 1, 1) as progress:
        progress.sent()
        progress.done(1)
    assert printed(screen).count("1/1") >= 2


def test_a_picture_shows_one_request_of_each_kind_and_loads_nothing_from_anywhere(tmp_path: Path) -> None:
    rows = [row("R-1"), row("R-2"), row("R-3", outcome="rejected", code="privileged_user")]
    picture.draw(tmp_path / "run.svg", seen(*rows), {})
    svg = (tmp_path / "run.svg").read_text(encoding="utf-8")
    assert re.findall(r"https?://[^\s\"]+", svg) == ["http://www.w3.org/2000/svg"]
    assert "font-face" not in svg
    assert "Fira" not in svg
    assert [name for name in ("R-1", "R-2", "R-3") if f">{name}<" in svg or f">{name}&#160;" in svg] == ["R-1", "R-3"]
