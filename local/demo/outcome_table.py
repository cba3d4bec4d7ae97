"""The table of outcomes: one line per request, and how it came to it."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.demo.hold_words import came_of, reasons_of
from shared.policy.answers import Answer

COLOURS = {
    "changed": "green",
    "already_correct": "green",
    "planned": "cyan",
    "held": "blue",
    "rejected": "yellow",
    "superseded": "magenta",
    "expired": "magenta",
    "failed": "red",
}
_NONE = "-"
# Between columns.
GAP = 2
# Headings, and how far each column may shrink before a narrower form is better.
_WIDE_COLUMNS = {"Request": 12, "User": 16, "Asked": 16, "Number": 10, "Outcome": 15, "Why": 23, "Tries": 5}
_NARROW_COLUMNS = {"Request": 12, "User": 8, "Asked": 13, "Outcome": 24}
# What is too long for these goes on in the next line; of all others the end is cut off.
_WRAPPED = {"Outcome", "Why"}
WIDE = 120
# Of a request id or a user, on a wide terminal and on a narrow one.
_LONGEST_NAMES = (26, 20)
# More than this nobody reads on a screen.
_MOST_ROWS = 200
_AS_ASKED = {"changed", "already_correct", "planned"}
# These say nothing beyond what became of the hold.
_TOLD_BY_THE_HOLD = {"cancelled", "not_approved"}


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
    wide = console.width >= WIDE
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for heading, width in (_WIDE_COLUMNS if wide else _NARROW_COLUMNS).items():
        limit = _LONGEST_NAMES[not wide] if heading in {"Request", "User"} else None
        table.add_column(heading, min_width=width, max_width=limit, no_wrap=heading not in _WRAPPED)
    for row in rows:
        table.add_row(*(_wide(row, names) if wide else _narrow(row, names)))
    return table


def _wide(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Text, ...]:
    number = re.sub(r"\*+", "***", str(row.get("maskedNumber") or _NONE))
    dry = " (dry run)" if row.get("dryRun") else ""
    texts = (row["requestId"], _user(row, names), _asked(row) + dry, number)
    tries = str(row.get("attempts", _NONE))
    return *map(Text, texts), coloured(outcome_of(row)), Text(_why(row)), Text(tries)


def _narrow(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Text, ...]:
    outcome = coloured(outcome_of(row)).append(f": {_why(row)}", style="default")
    return Text(row["requestId"]), Text(_user(row, names)), Text(_asked(row)), outcome


def outcome_of(row: Mapping[str, Any]) -> str:
    """Gives the outcome; `held` where the request waits, `open` where nothing is known of it."""
    return str(row.get("outcome") or ("held" if row.get("hold") else "open"))


def coloured(outcome: str, words: str = "") -> Text:
    """Gives words, by default the outcome's, in the outcome's colour."""
    return Text(words or outcome.replace("_", " "), style=COLOURS.get(outcome, "red"))


def _why(row: Mapping[str, Any]) -> str:
    """Gives the code, after what held the request and what people did about it, and before what else fired."""
    code = str(row.get("code", _NONE))
    held = "" if outcome_of(row) == "held" else "held: "
    steps = [f"{held}{reasons_of(row)}", came_of(row)] if row.get("hold") else []
    if not steps or code not in {_NONE, *_TOLD_BY_THE_HOLD}:
        steps.append(code.replace("_", " ") + _aside(row))
    return " -> ".join(steps)


def _aside(row: Mapping[str, Any]) -> str:
    """Names the rules that fired and did not stop the request."""
    findings = json.loads(row.get("findings") or "[]")
    excused = [f"{_words(each)} excused by {each['excusedBy']}" for each in findings if each["excusedBy"]]
    warned = [f"warning: {_words(each)}" for each in findings if each["answer"] == Answer.WARN]
    told = "; ".join((*excused, *warned))
    return f" ({told})" if told and row.get("outcome") in _AS_ASKED else ""


def _words(finding: Mapping[str, Any]) -> str:
    return str(finding["code"]).replace("_", " ")


def _user(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    known = row.get("userPrincipalName") or names.get(str(row.get("userKey", ""))) or row.get("userKey") or _NONE
    return str(known).partition("@")[0]


def _asked(row: Mapping[str, Any]) -> str:
    operation = str(row.get("operation") or _NONE)
    phone = str(row.get("phoneType") or ("all" if operation == "remove" else ""))
    phone = phone.replace("alternateMobile", "alternate")
    return f"{operation} {phone or row.get('undoes', '')}".strip()
