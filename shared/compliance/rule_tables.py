"""The tables of `docs/sweep-rules.md`, made from the catalogue. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from shared.compliance.catalogue import ENTRIES, Entry
from shared.compliance.controls import Control
from shared.compliance.finding import Source

type Row = tuple[str, ...]

_RULES: Final = ("code", "what it asks", "whom it concerns", "usual severity", "from", "unknown where", "exceptions")
_ADVICE: Final = ("code", "title", "what to do")
_CONTROLS: Final = ("catalogue", "control", "what it asks", "rules that bear on it")
_FROM: Final = {
    Source.REPORT: "the report",
    Source.READING: "a reading",
    Source.DIRECTORY: "the directory",
    Source.POLICY: "policy",
}
_BEGIN, _END = "<!-- generated: {} -->", "<!-- end of {} -->"


def tables() -> dict[str, str]:
    """Gives every table by the name that its markers carry, as Markdown."""
    return {
        "rules": _markdown(_RULES, map(_rule_row, ENTRIES)),
        "advice": _markdown(_ADVICE, ((f"`{entry.code}`", entry.title, entry.advice) for entry in ENTRIES)),
        "controls": _markdown(_CONTROLS, map(_control_row, _controls())),
    }


def with_tables(document: str) -> str:
    """Gives a document with every table between its markers made anew. Raises ValueError where a marker is missing."""
    for name, table in tables().items():
        begin, end = _BEGIN.format(name), _END.format(name)
        found = re.search(f"{re.escape(begin)}.*?{re.escape(end)}", document, re.DOTALL)
        if found is None:
            message = f"The document has no place for the table {name}: {begin} and {end} must stand in it."
            raise ValueError(message)
        document = "".join([document[: found.start()], begin, "\n", table, "\n", end, document[found.end() :]])
    return document


def _rule_row(entry: Entry) -> Row:
    return (
        f"`{entry.code}`",
        entry.question,
        entry.concerns,
        f"`{entry.severity}`",
        _FROM[entry.source],
        entry.unknown or "always known",
        "yes" if entry.excusable else "no",
    )


def _controls() -> tuple[Control, ...]:
    named = {control for entry in ENTRIES for control in entry.controls}
    return tuple(sorted(named, key=lambda control: (control.catalogue, control.control)))


def _control_row(control: Control) -> Row:
    rules = " ".join(f"`{entry.code}`" for entry in ENTRIES if control in entry.controls)
    return (control.catalogue, control.control, control.words, rules)


def _markdown(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)
