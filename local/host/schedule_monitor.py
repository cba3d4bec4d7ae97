"""Remembers when timers ran, in memory only.

In Azure the status is a blob, so that an occurrence missed while the app was down is made up for (`IsPastDue`). Here a
new process remembers nothing, and nothing is past due at its start.
"""

from dataclasses import dataclass, field
from datetime import datetime

from local.clock import Clock, SystemClock


@dataclass(frozen=True)
class ScheduleStatus:
    """When a timer ran last and is to run next."""

    next: datetime
    last: datetime | None = None


@dataclass
class ScheduleMonitor:
    """The statuses of all timers by function, and the clock that they go by."""

    clock: Clock = field(default_factory=SystemClock)
    statuses: dict[str, ScheduleStatus] = field(default_factory=dict)
