"""A clock that only tests move."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class MovedClock:
    """Time stands still until a test, or a wait of the code under test, moves it."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._started = now
        self.waits: list[float] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._started).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.move(seconds=seconds)

    def move(self, **span: float) -> None:
        self._now += timedelta(**span)
