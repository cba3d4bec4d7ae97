"""Runs a function on a schedule, never twice at a time. As TimerListener.cs of the timer extension."""

import json
from datetime import datetime, timedelta
from typing import Final

from local.host import trace_context
from local.host.bindings import Function, TimerTrigger
from local.host.dotnet import with_offset
from local.host.invocation import Invocation, Invoker
from local.host.listeners.stop_signal import StopSignal
from local.host.ncrontab import Schedule, is_frequent, parse_schedule
from local.host.protos import TypedData
from local.host.schedule_monitor import ScheduleMonitor, ScheduleStatus
from local.serving import CannotStartError

# The wall clock is looked at this often: a machine that slept fires late rather than never.
_LONGEST_SLEEP: Final = timedelta(minutes=1)
# The host's word for "never yet".
_NEVER: Final = "0001-01-01T00:00:00"


class TimerListener:
    """The timer of one function."""

    def __init__(
        self,
        function: Function,
        trigger: TimerTrigger,
        invoker: Invoker,
        stop: StopSignal,
        monitor: ScheduleMonitor,
    ) -> None:
        self._function = function
        self._trigger = trigger
        self._invoker = invoker
        self._stop = stop
        self._monitor = monitor
        self._clock = monitor.clock
        self._schedule = _parse(function.name, trigger.schedule)
        self._monitored = trigger.use_monitor and not is_frequent(self._schedule)

    async def open(self) -> None:
        """Does nothing: the schedule was read when the listener was made."""

    async def run(self) -> None:
        """Fires until the stop signal, and then until the invocation that runs has ended."""
        now = self._clock.now()
        known = self._monitor.statuses.get(self._function.name) if self._monitored else None
        status = known or ScheduleStatus(self._schedule.next_after(now))
        if known and now > known.next:
            status = await self._fire(status, past_due=True)
        elif self._trigger.run_on_startup:
            status = await self._fire(status)
        while await self._stop.unless_set(self._until(status.next)):
            # Early by a moment's skew, it must not find the same occurrence again.
            status = await self._fire(status, not_before=status.next)

    async def _fire(
        self, status: ScheduleStatus, *, past_due: bool = False, not_before: datetime | None = None
    ) -> ScheduleStatus:
        started = max(self._clock.now(), not_before or self._clock.now())
        await self._invoker.invoke(self._invocation(status, past_due=past_due))
        # Counted from the start: a run that took longer than the schedule is followed by one more at once, not by many.
        status = ScheduleStatus(self._schedule.next_after(started), started)
        if self._monitored:
            self._monitor.statuses[self._function.name] = status
        return status

    async def _until(self, moment: datetime) -> bool:
        while (left := moment - self._clock.now()) > timedelta(0):
            await self._clock.sleep(min(left, _LONGEST_SLEEP).total_seconds())
        return True

    def _invocation(self, status: ScheduleStatus, *, past_due: bool) -> Invocation:
        info = {
            "Schedule": {"AdjustForDST": self._schedule.follows_clock},
            "ScheduleStatus": _status_json(status) if self._monitored else None,
            "IsPastDue": past_due,
        }
        fired = self._clock.now().strftime("%m/%d/%Y %H:%M:%S")
        metadata = {"TimerTrigger": TypedData(string=fired)}
        return Invocation(self._function, TypedData(json=json.dumps(info)), metadata, trace_context.fresh())


def _status_json(status: ScheduleStatus) -> dict[str, str]:
    last = with_offset(status.last) if status.last else _NEVER
    return {"Last": last, "Next": with_offset(status.next), "LastUpdated": last}


def _parse(function: str, schedule: str) -> Schedule:
    try:
        return parse_schedule(schedule)
    except ValueError as fault:
        message = f"Function {function} has no valid schedule: {fault}."
        raise CannotStartError(message) from fault
