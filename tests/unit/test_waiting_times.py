"""How long to wait: what the far end asks for within reason, else growing, always bounded."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.backoff import LONGEST_OBEYED, LONGEST_WAIT, SHORTEST_WAIT, look_again_after, wait_for
from shared.errors import TransientError
from shared.retry_after import retry_after_seconds

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Mon, 23 Nov 2026 09:02:00 GMT", 120),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOW) == seconds


@given(st.text(max_size=30))
def test_no_header_breaks_the_reading(header: str) -> None:
    seconds = retry_after_seconds(header, NOW)
    assert seconds is None or seconds >= 0


@given(st.floats(-1e9, 1e9), st.integers(1, 10_000))
def test_a_wait_that_was_asked_for_is_obeyed_within_reason(asked: float, attempt: int) -> None:
    wait = wait_for(TransientError(retry_after=asked), attempt)
    assert SHORTEST_WAIT <= wait <= LONGEST_OBEYED
    assert wait >= min(asked, LONGEST_OBEYED)


@given(st.integers(1, 10_000))
def test_waits_that_nobody_asked_for_grow_to_a_bound(attempt: int) -> None:
    wait = wait_for(TransientError(), attempt)
    assert wait <= wait_for(TransientError(), attempt + 1) <= LONGEST_WAIT


@given(st.floats(0, 600))
def test_reads_after_a_write_come_soon_at_first_and_seldom_later(waited: float) -> None:
    """Twice as late each time: a write that shows at once costs no wait, one that never shows few reads."""
    assert 0.25 <= look_again_after(waited) <= 5
    assert look_again_after(waited) <= look_again_after(waited + 1)
