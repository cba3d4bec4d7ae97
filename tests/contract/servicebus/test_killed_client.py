"""A client of the SDK that is killed, with SIGKILL and so without a last word."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from azure.servicebus import NEXT_AVAILABLE_SESSION
from azure.servicebus.aio import ServiceBusClient

from tests.contract.servicebus.handlers import PATIENCE, nothing_comes, opened, receive, texts
from tests.contract.servicebus.hurry import real
from tests.contract.servicebus.running import LOCK_SECONDS, BrokerThread
from tests.contract.servicebus.waiting import nobody_left
from tests.unit.servicebus.at_hand import transit

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Receives from a queue and from a session, says so, and works on for ever.
VICTIM = """
import sys, time
from azure.servicebus import ServiceBusClient
with ServiceBusClient.from_connection_string(sys.argv[1]) as client:
    receivers = client.get_queue_receiver("plain"), client.get_queue_receiver("sessions", session_id="a")
    print(*(message for receiver in receivers for message in receiver.receive_messages(1)), flush=True)
    time.sleep(600)
"""


@asynccontextmanager
async def victim(broker: BrokerThread) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", VICTIM, broker.connection_string, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_what_a_killed_client_had_comes_again(lone_broker: BrokerThread) -> None:
    """Messages come when their locks expire, and the delivery counts; a session is free once its link is gone."""
    lone_broker.put("plain", transit("one"))
    lone_broker.put("sessions", transit("a1", session="a"), transit("a2", session="a"))
    async with victim(lone_broker) as process:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), real(PATIENCE)) == b"one a1\n"
        process.kill()
        await process.wait()
    assert await nobody_left(lone_broker)
    async with ServiceBusClient.from_connection_string(lone_broker.connection_string, retry_total=0) as client:
        next_session = client.get_queue_receiver("sessions", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=PATIENCE)
        async with opened(client.get_queue_receiver("plain"), next_session) as (receiver, session):
            assert texts(await receive(session, 2)) == ["a1", "a2"]
            assert await nothing_comes(receiver)
            lone_broker.move(LOCK_SECONDS)
            (again,) = await receive(receiver)
            assert (str(again), again.delivery_count) == ("one", 1)
            await asyncio.gather(receiver.close(), session.close())
