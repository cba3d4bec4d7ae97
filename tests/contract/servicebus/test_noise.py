"""What no client means to say: noise, halves of frames and impossible sizes leave the broker as it was."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterator

import pytest

from local.servicebus.amqp.framing import AMQP_HEADER, SASL_HEADER, encode_frame
from local.servicebus.amqp.performatives import Attach, Begin, Flow, Open, SaslInit, SaslOutcome, Source, Transfer
from local.servicebus.amqp.types import Symbol, ULong
from tests.contract.servicebus.raw_client import RawClient, raw_client, session_filter
from tests.contract.servicebus.running import BrokerThread
from tests.contract.servicebus.waiting import nobody_left, still_serves
from tests.unit.servicebus.conversation import CONVERSATION, START

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIDE_BY_SIDE = 20


def noise() -> Iterator[bytes]:
    """Gives octets without any sense, before and after a proper start."""
    chance = random.Random(11)  # noqa: S311 - no secret
    for size in (1, 7, 8, 9, 100, 5_000, 200_000):
        for start in (b"", SASL_HEADER, SASL_HEADER + AMQP_HEADER, START, START + encode_frame(0, Begin())):
            yield start + chance.randbytes(size)


def halves() -> Iterator[bytes]:
    """Gives a proper conversation that stops at any point."""
    for end in range(0, len(CONVERSATION), 29):
        yield CONVERSATION[:end]


def impossible_frames() -> Iterator[bytes]:
    """Gives frames whose sizes, offsets or types cannot be."""
    for start in (b"", START):
        for size in (0, 1, 7, 65_537, 0x7FFF_FFFF, 0xFFFF_FFFF):
            yield start + size.to_bytes(4) + b"\x02\x00\x00\x00" + b"x" * 100
        yield start + (100).to_bytes(4) + b"\xff\x00\x00\x00" + b"x" * 100
        yield start + (8).to_bytes(4) + b"\x00\x00\x00\x00"
        yield start + (8).to_bytes(4) + b"\x02\x07\x00\x00"


def wrong_sasl() -> Iterator[bytes]:
    """Gives ways to authenticate that are none."""
    for init in (SaslInit(""), SaslInit("X" * 60_000), SaslInit("PLAIN", b"\x00" * 60_000), SaslOutcome(0)):
        yield SASL_HEADER + encode_frame(0, init, sasl=True)
    yield SASL_HEADER * 100
    yield AMQP_HEADER * 100
    yield b"AMQP\x02\x01\x00\x00"
    yield SASL_HEADER + encode_frame(0, Open("too early"), sasl=True)


def hostile_numbers() -> Iterator[bytes]:
    """Gives numbers at the ends of what their types hold."""
    most = 0xFFFF_FFFF
    begin = START + encode_frame(0xFFFF, Begin(next_outgoing_id=most, incoming_window=most, outgoing_window=most))
    waits = Attach("waits", most, role=True, source=Source("sessions", filters=session_filter(None)))
    waits.properties = {Symbol("com.microsoft:timeout"): ULong(2**64 - 1)}
    plain = Attach("plain", 1, role=True, source=Source("amqps://[::1/plain"))
    yield begin + encode_frame(0xFFFF, waits)
    yield begin + encode_frame(0xFFFF, plain)
    yield begin + encode_frame(0xFFFF, Flow(most, most, most, most, 5, most, most, most, echo=True))
    yield begin + encode_frame(0xFFFF, Transfer(most, most, b"tag", most), b"x")
    yield START[:-1] + b"\x00" + encode_frame(0, Begin())


@pytest.mark.parametrize("corpus", [noise, halves, impossible_frames, wrong_sasl, hostile_numbers])
async def test_noise_ends_its_own_connection_and_leaves_nothing_behind(
    lone_broker: BrokerThread, caplog: pytest.LogCaptureFixture, corpus: Callable[[], Iterator[bytes]]
) -> None:
    tasks, room = lone_broker.tasks, asyncio.Semaphore(SIDE_BY_SIDE)

    async def visit(octets: bytes) -> None:
        async with room, raw_client(lone_broker.port) as peer:
            peer.say_and_end(octets)
            assert await peer.ended()

    async with raw_client(lone_broker.port) as innocent:
        await innocent.start("PLAIN")
        await asyncio.gather(*(visit(octets) for octets in corpus()))
        await innocent.attach_sender("plain")
    assert await still_serves(lone_broker)
    assert await nobody_left(lone_broker)
    assert lone_broker.tasks == tasks
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_link_to_what_is_no_url_is_refused_and_the_connection_goes_on(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        assert (await peer.attach_receiver("amqps://[::1/plain")).source is None
        assert await goes_on(peer)


async def goes_on(peer: RawClient) -> bool:
    """Says that a connection still takes links."""
    await peer.unit()
    return (await peer.attach_sender("plain", 9)).target is not None
