"""All that a client may say in one go, to be said whole, damaged or cut off."""

from datetime import UTC, datetime
from uuid import uuid4

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
from local.servicebus.session import FIRST_DELIVERY_ID
from tests.unit.servicebus.at_hand import encoded

START = SASL_HEADER + encode_frame(0, SaslInit("PLAIN"), sasl=True) + AMQP_HEADER + encode_frame(0, Open("me"))


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
