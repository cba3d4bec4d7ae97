"""A clock that moves only when somebody sleeps."""

import asyncio
from datetime import UTC, datetime, timedelta


class MovedClock:
    """Time for tests: a sleep takes no time and moves the clock."""

    def __init__(self, start: datetime = datetime(2026, 11, 23, 9, tzinfo=UTC)) -> None:
        self._now = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Returns the time that has been reached."""
        return self._now

    def move(self, seconds: float) -> None:
        """Lets time pass."""
        self._now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Lets time pass, and others run."""
        self.slept.append(seconds)
        self.move(seconds)
        await asyncio.sleep(0)
