"""Locks, which end by themselves unless they are renewed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from local.servicebus.clock import Clock


class Term:
    """The time for which something is locked.

    A message has a term of its own; the messages of a session all share the session's.
    """

    def __init__(self, clock: Clock, duration: timedelta, on_end: Callable[[], None]) -> None:
        self._clock = clock
        self._duration = duration
        self._on_end = on_end
        self.until: datetime = clock.now() + duration
        self._end = clock.call_at(self.until, on_end)

    def renew(self) -> datetime:
        """Starts the term anew and gives its end."""
        self._end.cancel()
        self.until = self._clock.now() + self._duration
        self._end = self._clock.call_at(self.until, self._on_end)
        return self.until

    def cancel(self) -> None:
        """Ends the term early; nobody is told."""
        self._end.cancel()


@dataclass(frozen=True, slots=True)
class Lock:
    """A message's lock: its token is new with every delivery."""

    token: UUID
    term: Term
