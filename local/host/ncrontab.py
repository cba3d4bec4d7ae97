"""Timer schedules: NCRONTAB with seconds in front, or a TimeSpan. All in UTC, as in Azure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, Protocol

from croniter import CroniterBadDateError, CroniterError, croniter

from local.host.dotnet import parse_timespan

_FIELDS_WITH_SECONDS: Final = 6
_FIELDS_WITHOUT_SECONDS: Final = 5
# croniter knows more than NCRONTAB (L, #, ?, R, @daily); what only works here would mislead.
_FIELD = re.compile(r"[*\w,/-]+", re.ASCII)
_ONLY_IN_CRONITER = re.compile(r"\b[LRHW]\b", re.IGNORECASE)
_SUNDAY_AS_7 = re.compile(r"\b7\b")
_ONE_MINUTE: Final = timedelta(minutes=1)


class Schedule(Protocol):
    """When a timer fires."""

    @property
    def follows_clock(self) -> bool:
        """Whether it names times of the clock rather than a distance."""

    def next_after(self, moment: datetime) -> datetime:
        """Gives the first occurrence after a moment."""


@dataclass(frozen=True)
class CronSchedule:
    """An NCRONTAB expression: {second} {minute} {hour} {day} {month} {day of week}, the second optional."""

    expression: str
    follows_clock: bool = True

    def next_after(self, moment: datetime) -> datetime:
        """Gives the first occurrence after a moment."""
        seconds = len(self.expression.split()) == _FIELDS_WITH_SECONDS
        # In NCRONTAB both day fields must match; crontab takes either.
        occurrences = croniter(self.expression, moment.astimezone(UTC), second_at_beginning=seconds, day_or=False)
        occurrence: datetime = occurrences.get_next(datetime)
        return occurrence


@dataclass(frozen=True)
class ConstantSchedule:
    """A distance between two runs."""

    distance: timedelta
    follows_clock: bool = False

    def next_after(self, moment: datetime) -> datetime:
        """Gives the first occurrence after a moment."""
        return moment + self.distance


def parse_schedule(text: str) -> Schedule:
    """Reads a schedule. Raises ValueError for what is neither NCRONTAB nor a positive TimeSpan, or never occurs."""
    if len(text.split()) == 1:
        distance = parse_timespan(text)
        if distance <= timedelta(0):
            message = f"'{text}' is no distance between two runs"
            raise ValueError(message)
        return ConstantSchedule(distance)
    _check_fields(text)
    schedule = CronSchedule(" ".join(text.split()))
    try:
        schedule.next_after(datetime.now(UTC))
    except CroniterBadDateError:
        message = f"'{text}' never occurs"
        raise ValueError(message) from None
    except CroniterError as fault:
        message = f"'{text}' is not NCRONTAB: {fault}"
        raise ValueError(message) from fault
    return schedule


def is_frequent(schedule: Schedule) -> bool:
    """Says whether it fires more than once a minute; the host keeps no status of such a timer."""
    start = datetime.now(UTC)
    moments = [start, first := schedule.next_after(start), schedule.next_after(first)]
    return max(later - earlier for earlier, later in pairwise(moments)) < _ONE_MINUTE


def _check_fields(text: str) -> None:
    fields = text.split()
    if len(fields) not in (_FIELDS_WITHOUT_SECONDS, _FIELDS_WITH_SECONDS):
        message = f"'{text}' has {len(fields)} fields; NCRONTAB has 6: second minute hour day month day-of-week"
        raise ValueError(message)
    odd = [field for field in fields if not _FIELD.fullmatch(field) or _ONLY_IN_CRONITER.search(field)]
    if _SUNDAY_AS_7.search(fields[-1]):
        odd.append(fields[-1])
    if odd:
        message = f"'{text}' is not NCRONTAB: '{odd[0]}' has no meaning there"
        raise ValueError(message)
