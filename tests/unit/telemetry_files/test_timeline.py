"""Moments along a line: in order, to scale where something is at work, and long waits folded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.telemetry.timeline import Interval, timeline_of

INTERVALS = st.lists(
    st.tuples(st.integers(0, 10**12), st.integers(0, 10**10)).map(lambda drawn: (drawn[0], drawn[0] + drawn[1])),
    min_size=1,
    max_size=12,
)


def test_without_waits_the_line_is_to_scale() -> None:
    line = timeline_of([(100, 200), (150, 300)])
    assert [line.at(moment) for moment in (100, 150, 200, 300)] == [0, 0.25, 0.5, 1]
    assert line.folds == []


def test_a_short_wait_is_shown_as_long_as_it_was() -> None:
    line = timeline_of([(0, 40), (60, 100)])
    assert line.folds == []
    assert line.at(60) == pytest.approx(0.6)


def test_a_long_wait_is_folded_and_told() -> None:
    line = timeline_of([(0, 100), (10_000, 10_100)])
    (fold,) = line.folds
    assert (fold.start, fold.end) == (100, 10_000)
    assert fold.right - fold.left == pytest.approx(0.05)
    assert line.at(100) == pytest.approx(0.475)
    assert line.at(10_100) == pytest.approx(1)


def test_a_moment_without_length_has_a_place() -> None:
    assert timeline_of([(7, 7)]).at(7) == 0


@given(INTERVALS)
def test_later_never_lies_left_of_earlier_and_all_lies_on_the_line(intervals: list[Interval]) -> None:
    line = timeline_of(intervals)
    places = [line.at(moment) for moment in sorted({end for interval in intervals for end in interval})]
    assert places == sorted(places)
    assert places[0] >= 0
    assert places[-1] <= 1 + 1e-9
