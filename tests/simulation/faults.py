"""What goes wrong, drawn from a seed: workers die, answers get lost, things are out of order for a while."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from shared.errors import (
    BusUnavailableError,
    DirectoryThrottledError,
    DirectoryUnavailableError,
    LedgerUnavailableError,
    TransientError,
)


class WorkerDied(BaseException):
    """The process is gone."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each thing goes wrong, per operation."""

    crash: float = 0.0
    transient: float = 0.0
    lost_answer: float = 0.0
    throttled: float = 0.0
    conflict_409: float = 0.0
    lost_write: float = 0.0
    stale_read: float = 0.0
    # The longest that an operation takes, in seconds.
    latency: float = 0.0


QUIET = Rates()


@dataclass
class Faults:
    """Draws faults until it is told to stop, so that a run can be drained."""

    rates: Rates = QUIET
    rng: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - a seed, no secret

    def stop(self) -> None:
        """Lets everything work from now on."""
        self.rates = QUIET

    def strikes(self, rate: float) -> bool:
        """Says whether something with this rate goes wrong now."""
        return rate > 0 and self.rng.random() < rate

    async def around[T](self, work: Callable[[], Awaitable[T]], fault: Callable[[], TransientError]) -> T:
        """Does the work, or not, and gives the answer, or not."""
        await self.delay()
        self.crash_point()
        if self.strikes(self.rates.transient):
            raise fault()
        result = await work()
        self.crash_point()
        if self.strikes(self.rates.lost_answer):
            raise fault()
        return result

    def crash_point(self) -> None:
        """A worker may die here."""
        if self.strikes(self.rates.crash):
            raise WorkerDied

    async def delay(self) -> None:
        """Takes the time that an operation takes."""
        if self.rates.latency:
            await asyncio.sleep(self.rng.uniform(0, self.rates.latency))

    def ledger(self) -> TransientError:
        """Storage is out of order."""
        return LedgerUnavailableError()

    def bus(self) -> TransientError:
        """The bus is out of order."""
        return BusUnavailableError()

    def graph(self) -> TransientError:
        """Graph is out of order, with or without a Retry-After, and be it an absurd one."""
        wait = self.rng.choice([None, None, 0.0, 2.0, 7.0, 30.0, 120.0, 86_400.0])
        return self.rng.choice([DirectoryThrottledError, DirectoryUnavailableError])(retry_after=wait)
