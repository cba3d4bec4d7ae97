"""What goes wrong at an operation of a port: a script that counts all of them and strikes where it is told to."""

import asyncio
import inspect
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from shared.errors import (
    BusUnavailableError,
    DirectoryUnavailableError,
    LedgerUnavailableError,
    TokenUnavailableError,
    TransientError,
)
from shared.ports import WriteAnswer, WriteCertainty
from tests.simulation.faults import WorkerDied

# What each port raises while its far end is out of order.
TRANSIENT: dict[str, type[TransientError]] = {
    "directory": DirectoryUnavailableError,
    "ledger": LedgerUnavailableError,
    "outbox": LedgerUnavailableError,
    "watermarks": LedgerUnavailableError,
    "waiting": LedgerUnavailableError,
    "history": LedgerUnavailableError,
    "numbers": LedgerUnavailableError,
    "previous": LedgerUnavailableError,
    "brake": LedgerUnavailableError,
    "events": BusUnavailableError,
    "queue": BusUnavailableError,
    "recipients": DirectoryUnavailableError,
    "mail": DirectoryUnavailableError,
    "mail log": LedgerUnavailableError,
}
PORTS = tuple(TRANSIENT)


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of a port: the how manieth of that port it is, from 1, and the loop's time."""

    port: str
    name: str
    number: int
    at: float

    def __str__(self) -> str:
        return f"{self.port}.{self.name}, operation {self.number} of its port"


@dataclass(frozen=True, slots=True)
class Strike:
    """What happens instead of an operation, or, where that lands, instead of its answer."""

    fault: Callable[[str], BaseException]
    lands: bool = False


def _transient(port: str) -> BaseException:
    return TRANSIENT[port]()


def _no_token(port: str) -> BaseException:
    return TokenUnavailableError() if TRANSIENT[port] is DirectoryUnavailableError else TRANSIENT[port]()


OUT_OF_ORDER = Strike(_transient)
ANSWER_LOST = Strike(_transient, lands=True)
NO_TOKEN = Strike(_no_token)
BUG_BEFORE = Strike(lambda _: RuntimeError("a bug"))
BUG_AFTER = Strike(lambda _: RuntimeError("a bug"), lands=True)
STOP_BEFORE = Strike(lambda _: asyncio.CancelledError())
STOP_AFTER = Strike(lambda _: asyncio.CancelledError(), lands=True)
DEATH_BEFORE = Strike(lambda _: WorkerDied())
DEATH_AFTER = Strike(lambda _: WorkerDied(), lands=True)

type Decide = Callable[[Call], Strike | None]


def nowhere(call: Call) -> Strike | None:
    """Lets everything work."""
    del call
    return None


def at(port: str, number: int, strike: Strike) -> Decide:
    """Strikes one operation of a port."""
    return lambda call: strike if (call.port, call.number) == (port, number) else None


def until(end: float, ports: tuple[str, ...], strike: Strike) -> Decide:
    """Strikes every operation of the ports for so many seconds."""
    return lambda call: strike if call.port in ports and call.at < end else None


@dataclass
class Script:
    """Sees every operation, and decides about it."""

    decide: Decide = nowhere
    calls: list[Call] = field(default_factory=list)
    struck: list[Call] = field(default_factory=list)
    _counted: Counter[str] = field(default_factory=Counter)

    async def run[T](self, port: str, name: str, work: Callable[[], Awaitable[T]]) -> T | WriteAnswer:
        """Does an operation, or what the script has instead of it."""
        self._counted[port] += 1
        call = Call(port, name, self._counted[port], asyncio.get_running_loop().time())
        self.calls.append(call)
        strike = self.decide(call)
        if strike is None:
            return await work()
        self.struck.append(call)
        if strike.lands:
            await work()
        return await _struck(call, strike)


async def _struck(call: Call, strike: Strike) -> WriteAnswer:
    fault = strike.fault(call.port)
    if isinstance(fault, TransientError) and strike.lands and (call.port, call.name) == ("directory", "write"):
        # The adapter's own contract: an answer that got lost is an uncertain one.
        return WriteAnswer(WriteCertainty.UNCERTAIN)
    if isinstance(fault, asyncio.CancelledError) and (task := asyncio.current_task()):
        task.cancel()
        await asyncio.sleep(0)
    raise fault


class Watched:
    """A port, every operation of which goes through the script."""

    def __init__(self, name: str, target: object, script: Script) -> None:
        self._name = name
        self._target = target
        self._script = script

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._target, name)

        async def operation(*arguments: Any, **named: Any) -> Any:
            return await self._script.run(self._name, name, lambda: method(*arguments, **named))

        async def walk(*arguments: Any) -> AsyncIterator[Any]:
            async def begun() -> AsyncIterator[Any]:
                walked: AsyncIterator[Any] = method(*arguments)
                return walked

            async for item in await self._script.run(self._name, name, begun):  # type: ignore[union-attr]
                yield item

        return walk if inspect.isasyncgenfunction(method) else operation
