"""Time as the broker sees it: what time it is, and appointments; tests move it by hand."""

import asyncio
import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol


class Appointment(Protocol):
    """Something that will happen at its time unless it is cancelled."""

    def cancel(self) -> None:
        """Sees to it that it does not happen."""


class Clock(Protocol):
    """Says what time it is and calls at a time."""

    def now(self) -> datetime:
        """Returns the time now, aware, in UTC."""

    def call_at(self, when: datetime, callback: Callable[[], None]) -> Appointment:
        """Calls once `when` has come. Each call stands alone: one that fails keeps no other from happening."""


class SystemClock:
    """The machine's own clock; the running event loop keeps the appointments, and logs those that fail."""

    def now(self) -> datetime:
        """Returns the time now, aware, in UTC."""
        return datetime.now(UTC)

    def call_at(self, when: datetime, callback: Callable[[], None]) -> Appointment:
        """Calls once `when` has come."""
        seconds = (when - self.now()).total_seconds()
        return asyncio.get_running_loop().call_later(max(0.0, seconds), callback)


class ManualClock:
    """Time that stands still until it is moved."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime.now(UTC).replace(microsecond=0)
        self._order = count()
        self._appointments: list[tuple[datetime, int, _Appointment]] = []

    def now(self) -> datetime:
        """Returns the time that was set."""
        return self._now

    def call_at(self, when: datetime, callback: Callable[[], None]) -> Appointment:
        """Calls once the time has been moved to `when`."""
        appointment = _Appointment(callback)
        heapq.heappush(self._appointments, (when, next(self._order), appointment))
        return appointment

    def move(self, seconds: float) -> None:
        """Lets time pass, and all that falls due on the way happen in its order.

        Raises what failed, together and at the end.
        """
        target = self._now + timedelta(seconds=seconds)
        faults: list[Exception] = []
        while self._appointments and self._appointments[0][0] <= target:
            when, _, appointment = heapq.heappop(self._appointments)
            self._now = max(self._now, when)
            try:
                appointment.keep()
            except Exception as fault:  # noqa: BLE001 - they are raised below
                faults.append(fault)
        self._now = target
        if faults:
            message = "appointments failed"
            raise ExceptionGroup(message, faults)

    @property
    def appointments(self) -> int:
        """Counts what is still to happen."""
        return sum(appointment.callback is not None for _, _, appointment in self._appointments)


class _Appointment:
    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def keep(self) -> None:
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()

    def cancel(self) -> None:
        self.callback = None
