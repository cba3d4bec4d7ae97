"""Retry-After is read whatever a far end sends."""

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.retry_after import LONGEST, retry_after_seconds
from tests.fakes.clock import START

DATE_LIKE = st.text(alphabet="0123456789 ,:-+GMTMonJanFeb()\"'.", max_size=60)


@given(st.one_of(st.none(), st.text(), DATE_LIKE, st.integers().map(str), st.floats().map(str)), st.datetimes())
def test_every_value_gives_a_wait_within_bounds_or_none(value: str | None, now: datetime) -> None:
    wait = retry_after_seconds(value, now.replace(tzinfo=UTC))
    assert wait is None or (math.isfinite(wait) and 0 <= wait <= LONGEST)


@given(st.integers(min_value=0, max_value=int(LONGEST)))
def test_seconds_are_taken_as_they_are(seconds: int) -> None:
    assert retry_after_seconds(f" {seconds} ", START) == seconds


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_a_date_is_as_good_as_the_seconds_until_then(seconds: int) -> None:
    moment = format_datetime(START + timedelta(seconds=seconds), usegmt=True)
    assert retry_after_seconds(moment, START) == min(max(seconds, 0), LONGEST)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (None, None),
        ("", None),
        ("-1", None),
        ("soon", None),
        ("²", None),
        ("1e3", None),
        ("nan", None),
        ("inf", None),
        ("1.5", 1.5),
        ("0", 0),
        ("9" * 5000, LONGEST),
        ("Mon, 23 Nov 2026 09:00:10", 10),
        ("Mon, 23 Nov 2026 09:00:10 +9999", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", LONGEST),
    ],
)
def test_odd_values(value: str | None, wait: float | None) -> None:
    assert retry_after_seconds(value, START) == wait
