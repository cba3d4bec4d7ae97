"""A conversation with some of its octets changed never makes the broker fail; it ends the connection at worst."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import cast
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.servicebus.amqp.framing import AMQP_HEADER, SASL_HEADER, encode_frame
from local.servicebus.amqp.message import Map, Properties, value_message
from local.servicebus.amqp.outcomes import Accepted, Modified
from local.servicebus.amqp.performatives import (
    Attach,
    Begin,
    Disposition,
    Flow,
    Open,
    SaslInit,
    Source,
    Target,
    Transfer,
)
from local.servicebus.amqp.types import Array, Int, Symbol
from local.servicebus.attaching import Attacher
from local.servicebus.clock import ManualClock
from local.servicebus.connection import Connection
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.settings import NamespaceSettings, QueueSettings
from local.servicebus.session import FIRST_DELIVERY_ID
from tests.unit.servicebus.at_hand import encoded, transit

SETTINGS = NamespaceSettings({"q": QueueSettings(), "s": QueueSettings(requires_session=True)})


def attach_receiver(address: str, handle: int, filters: Map | None = None) -> bytes:
    source = Source(address, filters=filters)
    attach = Attach(f"r{handle}", handle, role=True, snd_settle_mode=0, rcv_settle_mode=1, source=source)
    attach.target = Target("me")
    return encode_frame(0, attach)


def attach_sender(address: str, handle: int) -> bytes:
    attach = Attach(f"s{handle}", handle, source=Source("me"), target=Target(address), initial_delivery_count=0)
    return encode_frame(0, attach)


def transfer(handle: int, number: int, payload: bytes) -> bytes:
    return encode_frame(0, Transfer(handle, number, b"tag", 0), payload)


def request(operation: str, body: Map) -> bytes:
    properties: Map = {"operation": f"com.microsoft:{operation}"}
    return value_message(body, Properties(message_id=uuid4()), properties)


SESSION: Map = {Symbol("com.microsoft:session-filter"): "a"}
PEEK: Map = {"from-sequence-number": 1, "message-count": Int(5)}
STATE: Map = {"session-id": "a", "session-state": b"x"}
DEFERRED: Map = {"sequence-numbers": Array(int, (1, 2)), "receiver-settle-mode": Int(1)}
CONVERSATION = b"".join(
    [
        SASL_HEADER + encode_frame(0, SaslInit("PLAIN"), sasl=True) + AMQP_HEADER,
        encode_frame(0, Open("me", idle_timeout=60_000)),
        encode_frame(0, Begin(incoming_window=100, outgoing_window=100)),
        attach_sender("amqp://host/q", 0) + transfer(0, 1, encoded("new", message_id="1", properties={"a": 5})),
        transfer(0, 2, encoded("later", scheduled_for=datetime(2050, 1, 1, tzinfo=UTC))),
        attach_receiver("q", 1) + encode_frame(0, Flow(0, 100, 0, 100, 1, 0, 2)),
        encode_frame(0, Disposition(role=True, first=FIRST_DELIVERY_ID, state=Modified(undeliverable_here=True))),
        encode_frame(0, Disposition(role=True, first=FIRST_DELIVERY_ID, last=FIRST_DELIVERY_ID + 1, state=Accepted())),
        attach_receiver("q/$management", 2) + attach_sender("q/$management", 3),
        encode_frame(0, Flow(0, 100, 0, 100, 2, 0, 50)),
        transfer(3, 3, request("peek-message", PEEK)) + transfer(3, 4, request("receive-by-sequence-number", DEFERRED)),
        attach_receiver("s", 4, SESSION) + encode_frame(0, Flow(0, 100, 0, 100, 4, 0, 5)),
        attach_receiver("s/$management", 5) + attach_sender("s/$management", 6),
        transfer(6, 5, request("set-session-state", STATE)),
    ]
)
EDITS = st.lists(st.tuples(st.integers(0, len(CONVERSATION) - 1), st.integers(0, 255)), max_size=8)


class Unread:
    """A transport whose other end does not matter."""

    def __init__(self) -> None:
        self.closing = False
        self.octets = 0

    def write(self, octets: bytes) -> None:
        self.octets += len(octets)

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    abort = close


async def converse(octets: bytes) -> int:
    """Says it all to a new broker, lets time pass and hangs up; gives the number of octets that were answered."""
    clock, transport = ManualClock(), Unread()
    namespace = Namespace(SETTINGS, clock)
    namespace.entity("q").intake.send([transit("one"), transit("two")])
    namespace.entity("s").intake.send([transit("one", session="a"), transit("two", session="b")])
    connection = Connection(Attacher(namespace, clock), lambda _: None, 60)
    connection.connection_made(cast("asyncio.Transport", transport))
    connection.data_received(octets)
    clock.move(10_000)
    connection.connection_lost(None)
    return transport.octets


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_a_damaged_stream_never_makes_the_broker_fail(
    caplog: pytest.LogCaptureFixture, edits: list[tuple[int, int]]
) -> None:
    caplog.clear()
    octets = bytearray(CONVERSATION)
    for place, octet in edits:
        octets[place] = octet
    asyncio.run(converse(bytes(octets)))
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_the_stream_is_answered_to_its_end_when_it_is_whole() -> None:
    """Else the test above would damage what nobody reads."""
    whole = asyncio.run(converse(CONVERSATION))
    assert whole > asyncio.run(converse(CONVERSATION[:-50]))
