"""Duplicate detection by message id; https://learn.microsoft.com/azure/service-bus-messaging/duplicate-detection."""

from datetime import datetime, timedelta

from local.servicebus.clock import Clock


class DuplicateWindow:
    """Remembers the ids of a while. A duplicate does not prolong the memory of the first one."""

    def __init__(self, clock: Clock, window: timedelta) -> None:
        self._clock = clock
        self._window = window
        self._seen: dict[str, datetime] = {}

    def is_duplicate(self, message_id: str | None) -> bool:
        """Says whether a message with this id came before, and remembers it if not."""
        if message_id is None:
            return False
        now = self._clock.now()
        self._forget(now - self._window)
        if message_id in self._seen:
            return True
        self._seen[message_id] = now
        return False

    def _forget(self, before: datetime) -> None:
        # The oldest come first, because ids are remembered in the order in which they came.
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest] > before:
                return
            del self._seen[oldest]
