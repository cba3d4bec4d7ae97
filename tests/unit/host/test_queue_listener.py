import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self, cast

from azure.servicebus.exceptions import ServiceBusConnectionError

from local.host.host_json import ServiceBusOptions
from local.host.listeners.queue import QueueListener
from local.host.listeners.stop_signal import StopSignal

if TYPE_CHECKING:
    from local.host.listeners.service_bus import Source


class FakeReceiver:
    """Gives what it is to give, one at a time: a message, or a fault of the connection. Then it waits."""

    def __init__(self, script: list[str | Exception]) -> None:
        self._script = script

    async def __aenter__(self) -> Self:
        return self

    async def close(self) -> None:
        """Fails as the SDK does on a dead connection."""
        raise OSError

    async def receive_messages(self, **_: object) -> list[Any]:
        if not self._script:
            await asyncio.Event().wait()
        step = self._script.pop(0)
        if isinstance(step, Exception):
            raise step
        return [SimpleNamespace(message_id=step)]


async def handled(script: list[str | Exception], *, calls: int) -> tuple[list[str], int]:
    """Listens until the script is done with; gives the messages that were handled, and how many at a time."""
    receiver, stop = FakeReceiver(script), StopSignal()
    ids: list[str] = []
    running = most = 0
    expected = sum(isinstance(step, str) for step in script)

    async def handle(_: object, message: Any) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        ids.append(message.message_id)
        if len(ids) == expected:
            stop.set()

    source = SimpleNamespace(function="f", receiver=lambda: receiver)
    options = ServiceBusOptions(maxConcurrentCalls=calls)
    await asyncio.wait_for(QueueListener(cast("Source", source), handle, stop, options).run(), 20)
    return ids, most


async def test_no_more_than_max_concurrent_calls_are_in_hand() -> None:
    ids, most = await handled([f"m-{n}" for n in range(9)], calls=3)
    assert len(ids) == 9
    assert most == 3


async def test_a_lost_connection_costs_no_place_among_the_calls() -> None:
    ids, most = await handled([ServiceBusConnectionError(), "m-1", ServiceBusConnectionError(), "m-2"], calls=1)
    assert ids == ["m-1", "m-2"]
    assert most == 1
