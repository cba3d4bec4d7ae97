"""The clock of a simulation: the loop's time, and a worker's own, which may be wrong."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.fakes.clock import START

# A remainder too small to be added to the time would be waited for again and again.
_TICK = 1e-3


@dataclass(frozen=True)
class LoopClock:
    """The loop's time, as a date. `skew` is by how much a worker's clock is ahead."""

    skew: timedelta = timedelta(0)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic()) + self.skew

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, _TICK))
