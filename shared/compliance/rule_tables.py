"""The tables of `docs/sweep-rules.md`, made from the catalogue. Pure."""

from typing import Final

from shared.compliance.catalogue import ENTRIES, Entry
from shared.compliance.controls import Control
from shared.compliance.finding import Source
from shared.document_tables import Row, markdown

_RULES: Final = ("code", "what it asks", "whom it concerns", "usual severity", "from", "unknown where", "exceptions")
_ADVICE: Final = ("code", "title", "what to do")
_CONTROLS: Final = ("catalogue", "control", "what it asks", "rules that bear on it")
_FROM: Final = {
    Source.REPORT: "the report",
    Source.READING: "a reading",
    Source.DIRECTORY: "the directory",
    Source.POLICY: "policy",
}


def tables() -> dict[str, str]:
    """Gives every table by the name that its markers carry, as Markdown."""
    return {
        "rules": markdown(_RULES, map(_rule_row, ENTRIES)),
        "advice": markdown(_ADVICE, ((f"`{entry.code}`", entry.title, entry.advice) for entry in ENTRIES)),
        "controls": markdown(_CONTROLS, map(_control_row, _controls())),
    }


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
