"""How fast the number of people who depend on a phone alone falls, and how fast it must. Pure.

Only complete runs are compared: an incomplete one counts fewer people, which is no progress.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.compliance.summary import PastRun, Summary

_LOOKED_BACK = timedelta(days=28)
_WEEK = timedelta(days=7)
# Two runs of one day say nothing about a week.
_SHORTEST = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Pace:
    """People a week; `now` is None where there are too few complete runs to tell, negative where they become more."""

    # Rounded up: nobody is left over.
    needed: int | None
    now: float | None
    # The day on which nobody is left, or how many are left at the retirement, at the present pace.
    done_by: date | None = None
    left_over: int | None = None


def runs_of(summary: Summary) -> tuple[PastRun, ...]:
    """Gives past runs and this one, the oldest first; this one also where the history does not have it."""
    this = PastRun(
        run_id=summary.run_id,
        at=summary.started_at,
        complete=summary.complete,
        enabled=summary.coverage.enabled,
        phone_only=summary.phone_only,
        no_method=summary.no_method,
        violations=sum(rule.violations for rule in summary.rules),
    )
    others = [run for run in summary.history if run.run_id != summary.run_id]
    return tuple(sorted((*others, this), key=lambda run: run.at))


def before(summary: Summary) -> PastRun | None:
    """Gives the complete run before this one, which figures are compared with; none where this one is incomplete."""
    past = [run for run in runs_of(summary) if run.complete and run.at < summary.started_at]
    return past[-1] if past and summary.complete else None


def pace(summary: Summary) -> Pace:
    """Gives the pace that is needed and the one that is kept."""
    days = summary.telephony.days_left
    left = summary.phone_only
    needed = math.ceil(left * _WEEK.days / days) if left and days is not None and days > 0 else None
    now = _kept(runs_of(summary))
    if needed is None or now is None or days is None or now <= 0:
        return Pace(needed, now)
    over = math.ceil(left - now * days / _WEEK.days - 1e-9)
    if over > 0:
        return Pace(needed, now, left_over=over)
    return Pace(needed, now, done_by=summary.started_at.date() + timedelta(days=math.ceil(left * _WEEK.days / now)))


def _kept(runs: Sequence[PastRun]) -> float | None:
    """Gives by how many people a week the number fell in the last four weeks of complete runs."""
    complete = [run for run in runs if run.complete]
    if not complete:
        return None
    last = complete[-1]
    first = next(run for run in complete if last.at - run.at <= _LOOKED_BACK)
    return (
        (first.phone_only - last.phone_only) / ((last.at - first.at) / _WEEK)
        if last.at - first.at >= _SHORTEST
        else None
    )
