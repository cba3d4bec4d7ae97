"""A clock that only tests move."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class MovedClock:
    """Time stands still until a test, or a wait of the code under test, moves it."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._started = now
        self.waits: list[float] = []
        self._due: list[tuple[float, Callable[[], object]]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._started).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.move(seconds=seconds)

    def move(self, **span: float) -> None:
        self._now += timedelta(**span)
        due = [work for moment, work in self._due if moment <= self.monotonic()]
        self._due = [(moment, work) for moment, work in self._due if moment > self.monotonic()]
        for work in due:
            work()

    def at(self, seconds: float, work: Callable[[], object]) -> None:
        """Does something once that many seconds of the monotonic clock are over."""
        self._due.append((seconds, work))
