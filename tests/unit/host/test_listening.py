import asyncio

import pytest
from azure.servicebus.exceptions import ServiceBusConnectionError

from local.host.listeners.outage import Outage
from local.host.listeners.stop_signal import StopSignal


async def answer() -> str:
    return "answer"


async def test_a_wait_is_answered_when_nobody_stops_it() -> None:
    assert await StopSignal().unless_set(answer()) == "answer"


async def test_the_signal_ends_a_wait_and_cancels_what_was_waited_for() -> None:
    stop, cancelled = StopSignal(), asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    waiting = asyncio.create_task(stop.unless_set(wait()))
    await asyncio.sleep(0.01)
    stop.set()
    await waiting
    assert cancelled.is_set()


async def test_after_the_signal_nothing_is_begun_any_more() -> None:
    stop = StopSignal()
    stop.set()
    assert await stop.unless_set(answer()) is None


async def test_what_a_wait_raises_is_raised() -> None:
    async def fail() -> None:
        raise ServiceBusConnectionError

    with pytest.raises(ServiceBusConnectionError):
        await StopSignal().unless_set(fail())


def test_an_outage_is_two_lines_in_the_log_however_often_it_is_noticed(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("f")
    outage.over()
    pauses = [outage.lost(ServiceBusConnectionError(message="gone")) for _ in range(16)]
    outage.over()
    outage.over()
    assert [message.partition(":")[0] for message in caplog.messages][:1] == [
        "Function f lost Service Bus, tries again"
    ]
    assert len(caplog.messages) == 2
    assert all(0.5 <= pause <= 10 for pause in pauses)
