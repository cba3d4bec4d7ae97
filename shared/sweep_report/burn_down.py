"""The burn-down chart as geometry: people who depend on a phone alone, over past runs, down to the retirement. Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from shared.compliance.summary import PastRun, Summary
from shared.sweep_report.figures import number, short_day
from shared.sweep_report.pace import runs_of

_DAY = timedelta(days=1)
_STEPS_IN_DAYS = (1, 2, 7, 14, 28, 56, 91, 182, 364)
_NICE = (1, 2, 2.5, 5, 10)
_ROWS = 4


@dataclass(frozen=True, slots=True)
class Size:
    """The room of a chart in pixels, and how many days the axis may name."""

    width: int
    height: int
    most_days: int
    left: int = 44
    right: int = 22
    top: int = 34
    bottom: int = 30


WIDE = Size(760, 300, 8)
NARROW = Size(340, 250, 3)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on an axis and what stands there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Point:
    """A run."""

    x: float
    y: float
    complete: bool
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that is drawn, in the chart's own coordinates."""

    size: Size
    points: tuple[Point, ...]
    rows: tuple[Mark, ...]
    days: tuple[Mark, ...]
    # The x of the retirement, where there is one to come or within the picture.
    retirement: Mark | None
    # Whether a line leads from the last run to zero.
    is_needed: bool
    floor: float

    @property
    def line(self) -> str:
        """The way of the line through the complete runs: an incomplete one is no way down. Empty for less than two."""
        on_line = self._on_line
        return " L".join(f"{point.x} {point.y}" for point in on_line).join(("M", "")) if len(on_line) > 1 else ""

    @property
    def area(self) -> str:
        """The way around what lies under the line."""
        on_line = self._on_line
        return f"{self.line} L{on_line[-1].x} {self.floor} L{on_line[0].x} {self.floor} Z" if self.line else ""

    @property
    def _on_line(self) -> list[Point]:
        return [point for point in self.points if point.complete]

    @property
    def last(self) -> Point:
        """The run that the page is about."""
        return self.points[-1]


def chart(summary: Summary, size: Size) -> Chart:
    """Lays the chart out in a room."""
    runs = runs_of(summary)
    retires = datetime.combine(summary.telephony.retires_on, time(), UTC)
    first, last = _span(summary, runs, retires)
    top = _nice_top(max(run.phone_only for run in runs))
    floor = size.height - size.bottom

    def x(moment: datetime) -> float:
        return round(size.left + (moment - first) / (last - first) * (size.width - size.left - size.right), 1)

    def y(value: float) -> float:
        return round(floor - value / top * (floor - size.top), 1)

    return Chart(
        size=size,
        points=tuple(Point(x(run.at), y(run.phone_only), run.complete, number(run.phone_only)) for run in runs),
        rows=tuple(Mark(y(value), number(round(value))) for value in _values(top)),
        days=tuple(Mark(x(moment), short_day(moment.date())) for moment in _days(first, last, size.most_days)),
        retirement=Mark(x(retires), short_day(retires.date()))
        if _matters(summary) and first <= retires <= last
        else None,
        is_needed=bool(_matters(summary) and summary.phone_only and retires > runs[-1].at),
        floor=floor,
    )


def _matters(summary: Summary) -> bool:
    return summary.telephony.days_left is not None or summary.telephony.mode == "retired"


def _span(summary: Summary, runs: Sequence[PastRun], retires: datetime) -> tuple[datetime, datetime]:
    first, last = runs[0].at, runs[-1].at
    if _matters(summary):
        last = max(last, retires)
    # One run alone needs some room beside it.
    return first, last if last - first >= _DAY else first + 7 * _DAY


def _nice_top(highest: int) -> int:
    """Gives the top of the axis: a round number that four rows divide into whole ones."""
    if highest <= _ROWS:
        return _ROWS
    power = 10 ** math.floor(math.log10(highest / _ROWS))
    row = next(step * power for step in _NICE if step * power * _ROWS >= highest and step * power == int(step * power))
    return int(row) * _ROWS


def _values(top: int) -> Iterator[float]:
    return (top * row / _ROWS for row in range(_ROWS + 1))


def _days(first: datetime, last: datetime, most: int) -> Iterator[datetime]:
    """Gives the days that the axis names, evenly apart."""
    span = last - first
    step = next((days for days in _STEPS_IN_DAYS if span / (days * _DAY) < most), math.ceil(span / _DAY / most) + 1)
    moment = first
    while moment <= last:
        yield moment
        moment += step * _DAY
