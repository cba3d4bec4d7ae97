"""Draws what a run showed as a picture (SVG) for a document: one request of each kind, and the sums."""

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from local.demo import report
from local.demo.hold_words import state_of
from local.demo.outcome_table import show_outcomes
from local.demo.policy_tables import show_rules
from local.demo.seen import Seen

_WIDTH = 126
_COMMAND = "$ make demo"
# A picture that asks another host for a font is one that a company's network shows badly, or not at all.
_FONT_FACE = re.compile(r"\s*@font-face\s*\{[^}]*\}|\s*<!--.*?-->", re.DOTALL)
_RICHS_FONT = "Fira Code, monospace"
# Black, red, green, yellow, blue, magenta, cyan, white: seven that can be told from one another on a dark ground.
_COLOURS = [
    (72, 79, 88),
    (255, 123, 114),
    (126, 231, 135),
    (242, 204, 96),
    (88, 166, 255),
    (210, 168, 255),
    (121, 192, 255),
    (230, 237, 243),
]
_THEME = TerminalTheme((13, 17, 23), (230, 237, 243), _COLOURS)
_FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def draw(path: Path, seen: Seen, names: Mapping[str, str]) -> None:
    """Writes the picture; it loads nothing from anywhere."""
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), markup=False, highlight=False, emoji=False)
    console.print(_COMMAND)
    show_outcomes(console, one_of_each(seen.ledger.requests), names)
    report.show_sums(console, seen)
    show_rules(console, seen.rules, questions=False)
    report.verdict(console, seen)
    svg = console.export_svg(title="An HR feed, and what became of it: one request of each kind", theme=_THEME)
    path.write_text(_FONT_FACE.sub("", svg).replace(_RICHS_FONT, _FONTS), encoding="utf-8")


def one_of_each(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Gives the first row of each outcome, of each of its codes and of each way to be held, in the order of the rows.

    Of what was refused without being held one is enough: the rules tell of the others.
    """
    first: dict[tuple[object, ...], Mapping[str, Any]] = {}
    for row in rows:
        outcome, state = row.get("outcome"), state_of(row)
        code = row.get("code") if outcome != "rejected" else None
        first.setdefault((outcome, state, code), row)
    return list(first.values())
