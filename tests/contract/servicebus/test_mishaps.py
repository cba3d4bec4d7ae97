"""Clients that misbehave, crash or vanish, and connections that break: the broker goes on, and nothing is lost."""

import asyncio
import logging
import random
import socket
import struct

import pytest
from azure.servicebus import NEXT_AVAILABLE_SESSION
from azure.servicebus.aio import ServiceBusClient

from local.servicebus.amqp.framing import SASL_HEADER, encode_frame
from local.servicebus.amqp.performatives import (
    Attach,
    Begin,
    Close,
    Disposition,
    End,
    Flow,
    Open,
    SaslInit,
    Source,
    Transfer,
)
from local.servicebus.clock import ManualClock
from tests.contract.servicebus.handlers import PATIENCE, left, message, opened, receive, texts
from tests.contract.servicebus.hurry import real
from tests.contract.servicebus.raw_client import RawClient, raw_client, session_filter
from tests.contract.servicebus.running import LOCK_SECONDS, BrokerThread, broker_in_thread
from tests.contract.servicebus.waiting import nobody_left, still_serves
from tests.unit.servicebus.at_hand import encoded, transit
from tests.unit.servicebus.conversation import START

pytestmark = pytest.mark.asyncio(loop_scope="module")

NUMBER = "+49 151 23456789"

GARBAGE = {
    "another protocol": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "noise": random.Random(5).randbytes(5_000),  # noqa: S311 - no secret
    "noise after the start": START + random.Random(7).randbytes(5_000),  # noqa: S311 - no secret
    "a frame before the start": encode_frame(0, Begin()),
    "a session frame without a session": START + encode_frame(3, Flow()),
    "a transfer without a link": START + encode_frame(0, Begin()) + encode_frame(0, Transfer(9), b"x"),
    "an attach to nothing": START + encode_frame(0, Begin()) + encode_frame(0, Attach("x", 0)),
    "a second open": START + encode_frame(0, Open("again")),
    "a second session on a channel": START + encode_frame(0, Begin()) * 2,
    "the end of no session": START + encode_frame(0, End()),
    "a sasl frame as a session frame": START + encode_frame(0, Begin()) + encode_frame(0, SaslInit("x")),
    "a close at once": SASL_HEADER + encode_frame(0, Close()),
}


def reset(peer: RawClient) -> None:
    """Lets a connection end as if the client had crashed: with a reset and without a word."""
    socket_ = peer.writer.get_extra_info("socket")
    socket_.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.writer.transport.abort()


@pytest.mark.parametrize("octets", GARBAGE.values(), ids=GARBAGE.keys())
async def test_garbage_ends_its_own_connection_and_nothing_else(
    lone_broker: BrokerThread, octets: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with raw_client(lone_broker.port) as innocent:
        await innocent.start("PLAIN")
        async with raw_client(lone_broker.port) as peer:
            peer.say_and_end(octets)
            assert await peer.ended()
        await innocent.attach_sender("plain")
        assert await still_serves(lone_broker)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_hundreds_of_clients_come_and_go_and_leave_nothing_behind(lone_broker: BrokerThread) -> None:
    tasks = lone_broker.tasks
    lone_broker.put("sessions", *(transit("x", session=str(number)) for number in range(50)))

    async def visit(number: int) -> None:
        async with raw_client(lone_broker.port) as peer:
            stage = number % 5
            if stage > 0:
                await peer.start("PLAIN")
            if stage > 1:
                await peer.attach_sender("plain")
            if stage > 2:
                await peer.attach_receiver("sessions", filters=session_filter(None), credit=5)
            if stage > 3:
                reset(peer)

    for wave in range(10):
        await asyncio.gather(*(visit(wave * 30 + number) for number in range(30)))
    assert await nobody_left(lone_broker)
    assert lone_broker.tasks == tasks
    assert await still_serves(lone_broker)
    # Every session was let go.
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        for handle in range(50):
            attached = await peer.attach_receiver("sessions", handle, filters=session_filter(None))
            assert attached.source is not None


async def test_half_a_message_is_no_message(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_sender("plain")
        peer.transfer(encoded("x" * 10_000)[:5_000], more=True)
        await peer.writer.drain()
        reset(peer)
    assert await nobody_left(lone_broker)
    assert lone_broker.messages("plain") == 0
    assert await still_serves(lone_broker)


async def test_a_client_that_crashes_releases_its_session_at_once_and_uncounted(lone_broker: BrokerThread) -> None:
    lone_broker.put("sessions", transit("one", session="a"), transit("two", session="a"))
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_receiver("sessions", filters=session_filter("a"), credit=2)
        await peer.receive()
        reset(peer)
    async with raw_client(lone_broker.port) as other:
        await other.start("PLAIN")
        await other.attach_receiver("sessions", filters=session_filter(None), credit=2)
        contents = [(await other.receive())[1] for _ in range(2)]
    assert [content.header.delivery_count for content in contents] == [0, 0]
    assert [content.body[-3:] for content in contents] == [b"one", b"two"]


async def test_a_client_that_crashes_leaves_its_messages_locked_until_their_locks_expire(
    lone_broker: BrokerThread,
) -> None:
    lone_broker.put("plain", transit("one"))
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_receiver("plain", credit=1)
        await peer.receive()
        reset(peer)
    assert await nobody_left(lone_broker)
    async with raw_client(lone_broker.port) as other:
        await other.start("PLAIN")
        await other.attach_receiver("plain", credit=1)
        lone_broker.move(LOCK_SECONDS)
        _, content = await other.receive()
    assert content.header.delivery_count == 1


async def test_a_client_that_crashes_while_it_waits_for_a_session_takes_none(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        peer.send(Attach("waiting", 0, role=True, source=Source("sessions", filters=session_filter(None))))
        await peer.writer.drain()
        await asyncio.sleep(real(0.05))
        reset(peer)
    assert await nobody_left(lone_broker)
    lone_broker.put("sessions", transit("one", session="a"))
    async with raw_client(lone_broker.port) as other:
        await other.start("PLAIN")
        await other.attach_receiver("sessions", filters=session_filter(None), credit=1)
        await other.receive()


async def test_a_client_that_does_not_read_holds_up_nobody(lone_broker: BrokerThread) -> None:
    lone_broker.put("plain", *(transit("x" * 200_000) for _ in range(100)))
    async with raw_client(lone_broker.port) as deaf, raw_client(lone_broker.port) as other:
        await deaf.start("PLAIN")
        await deaf.attach_receiver("plain", credit=1_000)
        await asyncio.sleep(real(0.2))
        await other.start("PLAIN")
        await other.attach_receiver("plain", credit=1)
        # What the deaf one has not taken stays in the queue, and others get it.
        _, content = await other.receive()
        assert len(content.body) > 200_000


async def test_the_sdk_goes_on_after_the_broker_has_dropped_its_connections(lone_broker: BrokerThread) -> None:
    async with (
        ServiceBusClient.from_connection_string(
            lone_broker.connection_string, retry_total=5, retry_backoff_factor=0.05
        ) as client,
        opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver),
    ):
        await sender.send_messages(message("before"))
        assert texts(await receive(receiver)) == ["before"]
        lone_broker.drop_connections()
        await sender.send_messages(message("after"))
        assert texts(await receive(receiver)) == ["after"]
        assert len(await left(receiver)) == 2
        await asyncio.gather(sender.close(), receiver.close())


async def test_the_sdk_comes_back_after_it_was_let_go_for_its_silence() -> None:
    with broker_in_thread(ManualClock(), idle_timeout=0.05) as impatient:
        client = ServiceBusClient.from_connection_string(impatient.connection_string, retry_backoff_factor=0.05)
        async with client, opened(client.get_queue_sender("plain")) as (sender,):
            await sender.send_messages(message("before"))
            assert await nobody_left(impatient)
            await sender.send_messages(message("after"))
            assert impatient.messages("plain") == 2
            await sender.close()


async def test_a_session_is_taken_up_again_after_the_broker_has_dropped_its_connection(
    lone_broker: BrokerThread,
) -> None:
    lone_broker.put("sessions", transit("one", session="a"), transit("two", session="a"))
    async with ServiceBusClient.from_connection_string(lone_broker.connection_string, retry_total=0) as client:
        first = client.get_queue_receiver("sessions", session_id="a")
        async with opened(first):
            await receive(first, 2)
            lone_broker.drop_connections()
            again = client.get_queue_receiver("sessions", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=PATIENCE)
            async with opened(again):
                assert texts(await receive(again, 2)) == ["one", "two"]
                await asyncio.gather(first.close(), again.close())


async def test_logs_hold_nothing_of_what_messages_hold(
    lone_broker: BrokerThread, caplog: pytest.LogCaptureFixture
) -> None:
    """Bodies, application properties and session ids can hold phone numbers and names."""
    caplog.set_level(logging.DEBUG, "local.servicebus")
    secret = encoded(NUMBER, session=NUMBER, message_id=NUMBER, label=NUMBER, properties={"number": NUMBER})
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_sender("sessions")
        for payload in (secret, secret[:-4], secret + b"\x00", NUMBER.encode()):
            peer.transfer(payload)
            await peer.expect(Disposition)
        await peer.attach_receiver("sessions", filters=session_filter(NUMBER), credit=1)
        await peer.receive()
        peer.writer.write(NUMBER.encode() * 3)
        assert await peer.ended()
    assert await nobody_left(lone_broker)
    assert "connection closed" in caplog.text
    assert "23456789" not in caplog.text
