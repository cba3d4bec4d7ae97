"""What a person sees at the end: one line per request, the sums, and where to look."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.demo.feed import RowFault
from local.demo.seen import Seen

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
_WIDE = 110
# Headings, and how far each column may shrink.
_WIDE_COLUMNS = {"Request": 12, "User": 12, "Asked": 16, "Number": 10, "Outcome": 15, "Why": 22, "Tries": 5}
_NARROW_COLUMNS = {"Request": 12, "User": 8, "Asked": 15, "Outcome": 33}


def show_outcomes(console: Console, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> None:
    """Prints the table of outcomes, one line each; `names` gives the user principal name for a user's key.

    A narrow terminal does without the numbers and the tries.
    """
    table = Table(title="What became of each request", title_justify="left", box=None, header_style="bold")
    cells = _wide if console.width >= _WIDE else _narrow
    for heading, width in (_WIDE_COLUMNS if console.width >= _WIDE else _NARROW_COLUMNS).items():
        table.add_column(heading, no_wrap=True, min_width=width)
    for row in rows:
        table.add_row(*cells(row, names))
    console.print(table)


def _wide(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str | Text, ...]:
    number = re.sub(r"\*+", "***", str(row.get("maskedNumber") or _NONE))
    why = str(row.get("code", _NONE)).replace("_", " ")
    return row["requestId"], _user(row, names), _asked(row), number, _outcome(row), why, str(row.get("attempts", _NONE))


def _narrow(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str | Text, ...]:
    outcome = _outcome(row).append(f": {str(row.get('code', _NONE)).replace('_', ' ')}", style="default")
    return row["requestId"], _user(row, names), _asked(row), outcome


def _outcome(row: Mapping[str, Any]) -> Text:
    outcome = str(row.get("outcome", "open"))
    return Text(outcome.replace("_", " "), style=_COLOURS.get(outcome, "red"))


def show_row_faults(console: Console, faults: Sequence[RowFault], unknown_columns: Sequence[str]) -> None:
    """Prints the rows that could not be sent, with their line in the feed."""
    if unknown_columns:
        console.print(f"Columns that mean nothing here were ignored: {', '.join(unknown_columns)}.")
    for fault in faults:
        console.print(f"Line {fault.line} of the feed was left out: {fault.reason}.", style="yellow")


def show_sums(console: Console, rows: Sequence[Mapping[str, Any]], *, mails: int, parked: int, seconds: float) -> None:
    """Prints how often each outcome came."""
    counted = Counter(str(row.get("outcome", "open")) for row in rows)
    sums = ", ".join(f"{number} {outcome}" for outcome, number in counted.most_common())
    console.print(f"{len(rows)} requests in {seconds:.0f} s: {sums}. {mails} mails sent, {parked} messages parked.")


def show_places(console: Console, folder: Path) -> None:
    """Prints where to look."""
    console.print("Look at:", style="bold")
    for name, what in (
        ("outcomes.jsonl", "one line per request"),
        ("events.jsonl", "the completion events, as subscribers get them"),
        ("mail", "the mails to the users (.eml)"),
        ("tenant-after.json", "the tenant as it is now; as TENANT= it can be used again"),
        ("feed.csv", "the HR feed; as FEED= it can be edited and used again"),
        ("logs", "what each program logged"),
    ):
        if (folder / name).exists():
            console.print(f"  {folder / name}  {what}", soft_wrap=True)


def verdict(console: Console, seen: Seen, *, too_late: int) -> bool:
    """Prints whether all is well, or what is not, and gives it as an answer."""
    faults = []
    if lost := seen.account.lost:
        faults.append(f"No outcome for {', '.join(lost)}.")
    if invented := seen.account.invented:
        faults.append(f"More outcomes than messages for {', '.join(invented)}.")
    for number, what in (
        (seen.dead, "dead letters are left on the request queue"),
        (seen.ledger.unsent_events, "events were recorded and not sent"),
        (seen.untold, "notifications are still to be sent"),
        (too_late, "requests have an effective date that the demo does not wait for"),
    ):
        if number:
            faults.append(f"{number} {what}.")
    for fault in faults:
        console.print(fault, style="red", soft_wrap=True)
    if not faults:
        console.print("Every request reached an outcome, and nothing was lost.", style="green")
    return not faults


def _user(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    known = row.get("userPrincipalName") or names.get(str(row.get("userKey", ""))) or row.get("userKey") or _NONE
    return str(known).partition("@")[0]


def _asked(row: Mapping[str, Any]) -> str:
    operation = str(row.get("operation") or _NONE)
    phone = str(row.get("phoneType") or ("all" if operation == "remove" else ""))
    phone = phone.replace("alternateMobile", "alternate")
    return f"{operation} {phone}{' (dry run)' if row.get('dryRun') else ''}".strip()
