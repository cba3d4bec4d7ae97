"""What a person sees besides the tables: what was left out, the sums, where to look, and whether all is well."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from local.demo.feed import Feed
from local.demo.folder import DemoFolder
from local.demo.hold_book import ends_at
from local.demo.hold_words import state_of
from local.demo.outcome_table import coloured, outcome_of
from local.demo.second_person import DEMO_APPROVER
from local.demo.seen import Seen
from shared.approval_codes import ACCEPTED, ApprovalCode
from shared.codes import MESSAGES, Code

_MOST_FAULTS = 20


def show_feed(console: Console, feed: Feed) -> None:
    """Prints what a person should know of their feed before it is sent."""
    if feed.unknown_columns:
        console.print(f"Columns that mean nothing here were ignored: {', '.join(feed.unknown_columns)}.")
    if lines := [str(line) for line in feed.spoilt_by_a_spreadsheet]:
        sentence = f"A spreadsheet made 4.91512E+12 of a number in line {_few(lines)}: format the column as text."
        console.print(sentence, style="yellow")
    for fault in feed.faults[:_MOST_FAULTS]:
        console.print(f"Line {fault.line} of the feed was left out: {fault.reason}.", style="yellow")
    if len(feed.faults) > _MOST_FAULTS:
        console.print(f"... and {len(feed.faults) - _MOST_FAULTS} more lines.", style="yellow")


def show_misfits(console: Console, misfits: Sequence[tuple[str, str]]) -> None:
    """Prints what is wrong with requests that do not fit the contract, so that a producer can put it right."""
    if misfits:
        console.print("\nWhat does not fit the contract (docs/contracts.md)", style="bold")
    for request_id, message in misfits[:_MOST_FAULTS]:
        console.print(f"{request_id}: {message.removeprefix(MESSAGES[Code.INVALID_REQUEST]).strip()}")
    if len(misfits) > _MOST_FAULTS:
        console.print(f"... and {len(misfits) - _MOST_FAULTS} more.")


def show_sums(console: Console, seen: Seen) -> None:
    """Prints how often each outcome came."""
    rows = seen.ledger.requests
    counted = Counter(map(outcome_of, rows))
    counts = ((len(rows), "request"), (seen.mails, "mail"), (seen.parked, "parked message"))
    requests, mails, parked = (f"{number} {what}{'s' * (number != 1)}" for number, what in counts)
    console.print(f"\n{requests} in {seen.seconds:.0f} s, {mails}, {parked}:")
    sums = [coloured(outcome, f"{number} {outcome.replace('_', ' ')}") for outcome, number in counted.most_common()]
    console.print(Text("  ").append_text(Text(", ").join(sums)))
    if seen.holds.ever:
        console.print(f"  {_held(seen)}")
    for exception in seen.ending:
        days = f"{exception['daysLeft']} day{'s' * (exception['daysLeft'] != 1)}"
        console.print(f"  Exception {exception['exceptionId']} ends in {days}; {exception['owner']} was told.")


def _held(seen: Seen) -> str:
    """Says how the requests that were held went on."""
    states = Counter(state for row in seen.ledger.requests if (state := state_of(row)))
    went_on = ", ".join(f"{number} {state}" for state, number in states.most_common())
    refused = sum(code not in ACCEPTED for code in seen.holds.answers.values())
    sentence = f"Held: {len(seen.holds.ever)} ({went_on})"
    return f"{sentence}; approvals that did not count: {refused}." if refused else f"{sentence}."


def show_places(console: Console, folder: DemoFolder) -> None:
    """Prints where to look."""
    places = {
        folder.outcomes: "one line per request",
        folder.events: "all events: outcomes with reasons in words, holds, approvals",
        folder.mail: "the mails to the users",
        folder.tenant_after: "the tenant as it is now; TENANT= takes it",
        folder.feed: "the HR feed; edit a copy and give it as FEED=",
        folder.policy: "the policy of this run",
        folder.left_out: "lines of the feed that were not sent, and why",
        folder.telemetry: "spans, metrics and logs; docs/telemetry.md says how to draw a trace of them",
        folder.logs: "what each program logged",
    }
    console.print("\nLook at:", style="bold")
    there = {_near(path): what for path, what in places.items() if path.exists()}
    for place, what in there.items():
        console.print(f"  {place:<{max(map(len, there))}}  {what}", soft_wrap=True)


def _near(path: Path) -> str:
    """Gives a path as a person would type it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def show_held(console: Console, seen: Seen) -> None:
    """Prints which requests still wait, for whom or how long, and how they are approved."""
    waiting = list(seen.holds.open.values())
    if not waiting:
        return
    console.print("\nHeld at the end", style="bold")
    for hold in waiting[:_MOST_FAULTS]:
        console.print(f"{hold['requestId']}: {_until(hold)} {hold['message']}", soft_wrap=True)
    if len(waiting) > _MOST_FAULTS:
        console.print(f"... and {len(waiting) - _MOST_FAULTS} more.")
    console.print(_how_to_approve(seen), style="yellow", soft_wrap=True)


def _until(hold: Mapping[str, Any]) -> str:
    until = f"{ends_at(hold):%Y-%m-%d %H:%M} UTC"
    return f"cools off until {until}." if hold["releasesAt"] else f"waits for approval until {until}."


def _how_to_approve(seen: Seen) -> str:
    if ApprovalCode.APPROVER_NOT_ENTITLED in seen.holds.answers.values():
        return f"Policy does not let {DEMO_APPROVER} approve all of that: its `approvers` say who may."
    return (
        f"With --approve the demo approves what is held, as {DEMO_APPROVER}, if policy's `approvers` name it; "
        "elsewhere a second person sends an approval (docs/contracts.md)."
    )


def verdict(console: Console, seen: Seen) -> bool:
    """Prints whether all is well, or what is not, and gives it as an answer; what is held is not lost."""
    faults = []
    if lost := [name for name in seen.account.lost if name not in seen.holds.open]:
        faults.append(f"No outcome for {_few(lost)}.")
    if invented := seen.account.invented:
        faults.append(f"More outcomes than messages for {_few(invented)}.")
    if unanswered := seen.holds.unanswered:
        faults.append(f"No answer to approval {_few(unanswered)}.")
    if invented := seen.holds.invented:
        faults.append(f"Nothing was sent for which there could be {_few(invented)}.")
    if seen.idle:
        faults.append(f"No request met {_few(seen.idle)}.")
    for number, what in (
        (seen.dead, "dead letters are left on the request queue"),
        (seen.ledger.unsent_events, "events were recorded and not sent"),
        (seen.untold, "notifications are still to be sent"),
        (seen.too_late, "requests have an effective date that the demo does not wait for"),
    ):
        if number:
            faults.append(f"{number} {what}.")
    for fault in faults:
        console.print(fault, style="red", soft_wrap=True)
    if not faults:
        unsent = f" Lines of the feed left out: {seen.left_out}." if seen.left_out else ""
        held = f" or waits for a person ({len(seen.holds.open)})" if seen.holds.open else ""
        console.print(f"Every request reached an outcome{held}, and nothing was lost.{unsent}", style="green")
    return not faults


def _few(request_ids: Sequence[str]) -> str:
    more = len(request_ids) - _MOST_FAULTS
    return ", ".join(request_ids[:_MOST_FAULTS]) + (f" and {more} more" if more > 0 else "")
