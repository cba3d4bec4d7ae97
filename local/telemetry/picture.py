"""Draws a trace as a picture (SVG): a bar for each span, under its name; the same spans give the same bytes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from local.telemetry.spans import Kind, Span
from local.telemetry.timeline import Piece, Timeline, timeline_of
from local.telemetry.traces import Trace
from shared.telemetry import names

# Narrow, so that its words can still be read where a phone makes it smaller.
_WIDTH: Final = 640
_MARGIN: Final = 16
_TOP: Final = 92
_ROW: Final = 29
_INDENT: Final = 9
_BAR_FROM: Final = 17
_THINNEST: Final = 2.0
_LONGEST_NAME: Final = 74
_HALF_A_LABEL: Final = 34
_SECOND: Final = 1_000_000_000
_MILLISECOND: Final = 0.001
_KINDS: Final = {
    Kind.PRODUCER: ("send", "message sent"),
    Kind.CONSUMER: ("process", "message processed"),
    Kind.INTERNAL: ("step", "step"),
    Kind.CLIENT: ("call", "call of Microsoft Graph"),
    Kind.SERVER: ("step", "step"),
}
_LEGEND: Final = (Kind.PRODUCER, Kind.CONSUMER, Kind.INTERNAL, Kind.CLIENT)


@dataclass(frozen=True, slots=True)
class Row:
    """A span as it is drawn; lengths are pixels."""

    name: str
    style: str
    status: str
    failed: bool
    indent: float
    top: int
    bar_left: float
    bar_width: float
    kind: str


def drawn(trace: Trace) -> str:
    """Draws a trace; the picture loads nothing from anywhere."""
    line = timeline_of((span.start, span.end) for span in trace.spans)
    rows = [_row(line, number, depth, span) for number, (depth, span) in enumerate(trace.rows())]
    bottom = _TOP + _ROW * len(rows)
    return _template().render(
        title=f"Request {trace.request_id}: {trace.outcome or 'no outcome yet'}",
        facts=f"{len(rows)} spans in {duration(trace.seconds)}, {trace.calls} of them calls of Microsoft Graph",
        trace_id=trace.trace_id,
        rows=rows,
        folds=[_fold(fold) for fold in line.folds],
        legend=[{"style": _KINDS[kind][0], "text": _KINDS[kind][1]} for kind in _LEGEND],
        width=_WIDTH,
        margin=_MARGIN,
        top=_TOP,
        bottom=bottom,
        bar_from=_BAR_FROM,
    )


def duration(seconds: float) -> str:
    """Writes a duration, as `26 ms` or `1.39 s`."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1000:.0f} ms" if seconds >= _MILLISECOND else "< 1 ms"


def _row(line: Timeline, number: int, depth: int, span: Span) -> Row:
    left, right = _x(line.at(span.start)), _x(line.at(span.end))
    left = min(left, _WIDTH - _MARGIN - _THINNEST)
    style, kind = _KINDS[span.kind]
    return Row(
        name=_shortened(span.name),
        style=style,
        status=" · ".join([*_said(span), _took(span.end - span.start)]),
        failed=span.failed,
        indent=_MARGIN + depth * _INDENT,
        top=_TOP + number * _ROW,
        bar_left=round(left, 1),
        bar_width=round(max(right - left, _THINNEST), 1),
        kind=kind,
    )


def _fold(fold: Piece) -> dict[str, float | str]:
    x = _x((fold.left + fold.right) / 2)
    label = min(max(x, _MARGIN + _HALF_A_LABEL), _WIDTH - _MARGIN - _HALF_A_LABEL)
    return {"x": x, "label": label, "wait": _took(fold.end - fold.start)}


def _said(span: Span) -> Iterator[str]:
    """Gives what came of a span, in few words."""
    if outcome := span.told(names.OUTCOME):
        yield f"{outcome}: {span.told(names.CODE)}"
    elif wait := span.told(names.PUT_OFF_SECONDS):
        yield f"put off {round(float(wait), 1):g} s: {span.told(names.REASON)}"
    elif status := span.told(names.HTTP_STATUS):
        yield status
    elif span.failed:
        yield span.told(names.ERROR_TYPE) or "failed"


def _took(nanoseconds: int) -> str:
    return duration(nanoseconds / _SECOND)


def _x(share: float) -> float:
    return round(_MARGIN + share * (_WIDTH - 2 * _MARGIN), 1)


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("trace.svg.jinja")
