"""Time as the far ends see it; tests pass one that they move by hand."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Says what time it is and waits."""

    def now(self) -> datetime:
        """Returns the time now, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Waits that long."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Returns the time now, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Waits that long."""
        await asyncio.sleep(seconds)


class ManualClock:
    """Time that stands still until it is moved; whoever sleeps moves it and does not wait."""

    def __init__(self, start: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)) -> None:
        self._now = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Returns the time that was set."""
        return self._now

    def move(self, seconds: float) -> None:
        """Lets time pass."""
        self._now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Moves the time by that long, and lets others run."""
        self.slept.append(seconds)
        self.move(seconds)
        await asyncio.sleep(0)
