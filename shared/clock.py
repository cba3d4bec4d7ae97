"""The real time."""

import asyncio
import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Gives the time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Gives seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Waits without holding up other invocations."""
        await asyncio.sleep(seconds)
