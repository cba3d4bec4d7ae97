"""Figures are written as people write them, and never better than they are."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sweep_report.figures import change, counted, lasting, minute, number, share, short_day


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.5, "50"), (0.992, "99.2"), (0.9996, "99.9"), (1, "100"), (0.29, "29"), (0.9999999, "99.9")],
)
def test_a_share_is_rounded_down(value: float, text: str) -> None:
    assert share(value) == f"{text}\u202f%"


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_only_the_whole_is_a_hundred_per_cent(whole: int, part: int) -> None:
    assert (share(min(part, whole) / whole) == "100\u202f%") == (part >= whole)


def test_numbers_have_their_thousands_apart() -> None:
    assert (number(18204), number(-1200)) == ("18,204", "\u22121,200")
    assert (change(12), change(-3), change(0)) == ("+12", "\u22123", "0")
    assert (counted(1, "person", "people"), counted(0, "person", "people")) == ("1 person", "0 people")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (8.4, "8 s"), (59.6, "1 min 0 s"), (2472.4, "41 min 12 s"), (7500, "2 h 5 min")],
)
def test_a_duration_has_its_two_largest_units(seconds: float, text: str) -> None:
    assert lasting(seconds) == text


def test_days_and_minutes_are_short() -> None:
    assert short_day(date(2026, 11, 26)) == "26 Nov"
    assert minute(datetime(2026, 11, 26, 1, 41, 59, tzinfo=UTC)) == "2026-11-26 01:41"
