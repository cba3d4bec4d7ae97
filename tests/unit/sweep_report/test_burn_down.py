"""The burn-down is honest: with one point or two, with incomplete runs, before and after the retirement."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.compliance.summary import PastRun, Summary, TelephonyOutlook
from shared.sweep_report.burn_down import NARROW, WIDE, Size, chart
from shared.sweep_report.pace import before, pace, runs_of
from tests.unit.sweep_report.examples import RETIRES_ON, RUN_AT, RUN_ID, example


def past(weeks: float, phone_only: int, *, complete: bool = True) -> PastRun:
    at = RUN_AT - timedelta(weeks=weeks)
    return PastRun(
        run_id=f"{at:%Y%m%dT%H%MZ}",
        at=at,
        complete=complete,
        enabled=2000,
        phone_only=phone_only,
        no_method=0,
        violations=0,
    )


def run(phone_only: int, *history: PastRun, days: int | None = 70, **fields: Any) -> Summary:
    outlook = TelephonyOutlook(mode="microsoft", retires_on=RUN_AT.date() + timedelta(days=days or 0), days_left=days)
    return example(20, history=history, phone_only=phone_only, telephony=outlook, **fields).summary


def test_the_needed_pace_leaves_nobody_over() -> None:
    assert pace(run(100)).needed == 10
    assert pace(run(101)).needed == 11
    assert pace(run(3, days=2)).needed == 11


def test_no_pace_is_needed_where_nobody_is_left_or_no_day_applies() -> None:
    for summary in (run(0), run(9, days=None), run(9, days=0), run(9, days=-3)):
        assert pace(summary).needed is None


def test_one_run_tells_no_pace() -> None:
    assert pace(run(100)).now is None


def test_the_pace_is_that_of_the_last_four_weeks() -> None:
    told = pace(run(100, past(9, 900), past(4, 140), past(2, 130)))
    assert told.now == pytest.approx(10)
    assert told.done_by == RUN_AT.date() + timedelta(days=70)


def test_too_slow_a_pace_tells_how_many_are_left() -> None:
    assert pace(run(100, past(4, 120))).left_over == 50


def test_a_number_that_grows_has_no_day_on_which_it_is_nothing() -> None:
    told = pace(run(100, past(4, 80)))
    assert told.now == pytest.approx(-5)
    assert (told.done_by, told.left_over) == (None, None)


def test_an_incomplete_run_is_no_progress() -> None:
    assert pace(run(100, past(4, 140), past(1, 2, complete=False))).now == pytest.approx(10)
    assert pace(run(1, past(4, 140), past(1, 110), complete=False)).now == pytest.approx(10)


def test_two_runs_of_one_day_tell_no_pace() -> None:
    assert pace(run(100, past(1 / 7, 120))).now is None


def test_figures_are_compared_with_the_last_complete_run_and_not_at_all_where_this_one_is_incomplete() -> None:
    history = (past(2, 120), past(1, 5, complete=False))
    compared = before(run(100, *history))
    assert compared
    assert compared.phone_only == 120
    assert before(run(100, *history, complete=False)) is None
    assert before(run(100)) is None


def test_this_run_stands_in_the_burn_down_once_whether_the_history_has_it_or_not() -> None:
    for history in ((past(1, 120),), (past(1, 120), past(0, 7))):
        assert [each.run_id for each in runs_of(run(100, *history))][1:] == [RUN_ID]
        assert runs_of(run(100, *history))[-1].phone_only == 100


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_one_run_is_a_point_and_the_way_to_nobody(size: Size) -> None:
    drawn = chart(run(40), size)
    assert len(drawn.points) == 1
    assert (drawn.line, drawn.area) == ("", "")
    assert drawn.is_needed
    assert drawn.retirement
    assert drawn.retirement.at == size.width - size.right


def test_the_line_passes_incomplete_runs_by() -> None:
    drawn = chart(run(40, past(3, 60), past(2, 1, complete=False), past(1, 50)), WIDE)
    assert len(drawn.points) == 4
    assert drawn.line.count("L") == 2


def test_after_the_retirement_it_is_marked_and_no_pace_is_drawn() -> None:
    summary = run(40, past(9, 60), days=-20)
    drawn = chart(summary, WIDE)
    assert drawn.retirement
    assert drawn.retirement.at < WIDE.width - WIDE.right
    assert not drawn.is_needed


def test_with_the_tenants_own_provider_no_day_is_marked() -> None:
    drawn = chart(run(40, past(9, 60), days=None), WIDE)
    assert (drawn.retirement, drawn.is_needed) == (None, False)


@given(
    st.lists(st.tuples(st.integers(1, 900), st.integers(0, 500_000), st.booleans()), max_size=30),
    st.integers(0, 500_000),
    st.none() | st.integers(-400, 800),
    st.sampled_from([WIDE, NARROW]),
)
def test_every_chart_stays_within_its_room(
    history: list[tuple[int, int, bool]], phone_only: int, days: int | None, size: Size
) -> None:
    runs = [past(back / 7, count, complete=complete) for back, count, complete in history]
    drawn = chart(run(phone_only, *runs, days=days), size)
    for point in drawn.points:
        assert size.left <= point.x <= size.width - size.right
        assert size.top <= point.y <= drawn.floor
    assert len({row.text for row in drawn.rows}) == 5
    assert 1 <= len(drawn.days) <= size.most_days
    assert [mark.at for mark in drawn.days] == sorted(mark.at for mark in drawn.days)


def test_the_example_retires_when_microsoft_does() -> None:
    assert date(2027, 2, 1) == RETIRES_ON
