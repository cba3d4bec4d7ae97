"""What a person sees at the end: one line per request, the sums, and where to look."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.demo.feed import Feed
from local.demo.folder import DemoFolder
from local.demo.seen import Seen
from shared.codes import MESSAGES, Code

_COLOURS = {
    "changed": "green",
    "already_correct": "green",
    "planned": "cyan",
    "rejected": "yellow",
    "superseded": "magenta",
    "expired": "magenta",
    "failed": "red",
}
_NONE = "-"
# Between columns.
_GAP = 2
# Headings, and how far each column may shrink before a narrower form is better.
_WIDE_COLUMNS = {"Request": 12, "User": 16, "Asked": 16, "Number": 10, "Outcome": 15, "Why": 23, "Tries": 5}
_NARROW_COLUMNS = {"Request": 12, "User": 8, "Asked": 13, "Outcome": 24}
_WIDE = 120
# Of a request id or a user, on a wide terminal and on a narrow one.
_LONGEST_NAMES = (26, 20)
# More than this nobody reads on a screen.
_MOST_ROWS = 200
_MOST_FAULTS = 20
_AS_ASKED = {"changed", "already_correct", "planned"}


def show_outcomes(console: Console, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> None:
    """Prints the table of outcomes; `names` gives the user principal name for a user's key.

    A narrow terminal does without the numbers and the tries; of very many rows only those are shown that did not
    end as they were asked.
    """
    shown = rows if len(rows) <= _MOST_ROWS else [row for row in rows if row.get("outcome") not in _AS_ASKED]
    title = "What became of each request"
    if len(shown) < len(rows):
        title = f"What became of the {len(shown)} requests, of {len(rows)}, that did not end as they were asked"
    console.print(title, style="bold")
    if not shown:
        return
    console.print(_table(console, shown[:_MOST_ROWS], names))
    if len(shown) > _MOST_ROWS:
        console.print(f"... and {len(shown) - _MOST_ROWS} more.")


def _table(console: Console, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Table:
    wide = console.width >= _WIDE
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for heading, width in (_WIDE_COLUMNS if wide else _NARROW_COLUMNS).items():
        limit = _LONGEST_NAMES[not wide] if heading in {"Request", "User"} else None
        # What is too long ends in an ellipsis; the reason is never cut off, it goes on in the next line.
        table.add_column(heading, min_width=width, max_width=limit, no_wrap=heading != "Outcome")
    for row in rows:
        table.add_row(*(_wide(row, names) if wide else _narrow(row, names)))
    return table


def _wide(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Text, ...]:
    number = re.sub(r"\*+", "***", str(row.get("maskedNumber") or _NONE))
    dry = " (dry run)" if row.get("dryRun") else ""
    texts = (row["requestId"], _user(row, names), _asked(row) + dry, number)
    tries = str(row.get("attempts", _NONE))
    return *map(Text, texts), _outcome(row), Text(_why(row)), Text(tries)


def _narrow(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Text, ...]:
    outcome = _outcome(row).append(f": {_why(row)}", style="default")
    return Text(row["requestId"]), Text(_user(row, names)), Text(_asked(row)), outcome


def _outcome(row: Mapping[str, Any]) -> Text:
    outcome = str(row.get("outcome", "open"))
    return Text(outcome.replace("_", " "), style=_COLOURS.get(outcome, "red"))


def _why(row: Mapping[str, Any]) -> str:
    return str(row.get("code", _NONE)).replace("_", " ")


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
    counted = Counter(str(row.get("outcome", "open")) for row in rows)
    counts = ((len(rows), "request"), (seen.mails, "mail"), (seen.parked, "parked message"))
    requests, mails, parked = (f"{number} {what}{'s' * (number != 1)}" for number, what in counts)
    console.print(f"\n{requests} in {seen.seconds:.0f} s, {mails}, {parked}:")
    sums = [
        Text(f"{number} {outcome.replace('_', ' ')}", style=_COLOURS.get(outcome, "red"))
        for outcome, number in counted.most_common()
    ]
    console.print(Text("  ").append_text(Text(", ").join(sums)))


def show_places(console: Console, folder: DemoFolder) -> None:
    """Prints where to look."""
    places = {
        folder.outcomes: "one line per request",
        folder.events: "the completion events, with reasons in words",
        folder.mail: "the mails to the users",
        folder.tenant_after: "the tenant as it is now; TENANT= takes it",
        folder.feed: "the HR feed; edit a copy and give it as FEED=",
        folder.left_out: "lines of the feed that were not sent, and why",
        folder.logs: "what each program logged",
    }
    console.print("\nLook at:", style="bold")
    there = {_near(path): what for path, what in places.items() if path.exists()}
    for place, what in there.items():
        console.print(f"  {place:<{max(map(len, there))}}  {what}", soft_wrap=True)


def _near(path: Path) -> str:
    """Gives a path as a person would type it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def verdict(console: Console, seen: Seen) -> bool:
    """Prints whether all is well, or what is not, and gives it as an answer."""
    faults = []
    if lost := seen.account.lost:
        faults.append(f"No outcome for {_few(lost)}.")
    if invented := seen.account.invented:
        faults.append(f"More outcomes than messages for {_few(invented)}.")
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
        console.print(f"Every request reached an outcome, and nothing was lost.{unsent}", style="green")
    return not faults


def _few(request_ids: Sequence[str]) -> str:
    more = len(request_ids) - _MOST_FAULTS
    return ", ".join(request_ids[:_MOST_FAULTS]) + (f" and {more} more" if more > 0 else "")


def _user(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    known = row.get("userPrincipalName") or names.get(str(row.get("userKey", ""))) or row.get("userKey") or _NONE
    return str(known).partition("@")[0]


def _asked(row: Mapping[str, Any]) -> str:
    operation = str(row.get("operation") or _NONE)
    phone = str(row.get("phoneType") or ("all" if operation == "remove" else ""))
    phone = phone.replace("alternateMobile", "alternate")
    return f"{operation} {phone}".strip()
