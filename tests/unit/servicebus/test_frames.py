"""Frames come out of a stream whole, however the stream was chopped, and performatives survive the wire."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.servicebus.amqp.composites import Composite, encode_composite, read_composite
from local.servicebus.amqp.decode import DecodeError, decode
from local.servicebus.amqp.encode import encode, encode_list
from local.servicebus.amqp.errors import ProtocolError, error
from local.servicebus.amqp.framing import (
    AMQP_HEADER,
    EMPTY_FRAME,
    MAX_FRAME_SIZE,
    SASL_HEADER,
    Frame,
    FrameReader,
    ProtocolHeader,
    encode_frame,
)
from local.servicebus.amqp.outcomes import Accepted, Modified, Received, Rejected, Released
from local.servicebus.amqp.performatives import (
    Attach,
    Begin,
    Close,
    Detach,
    Disposition,
    End,
    Flow,
    Open,
    SaslInit,
    SaslMechanisms,
    SaslOutcome,
    Source,
    Target,
    Transfer,
)
from local.servicebus.amqp.types import Array, Described, Symbol, UInt, ULong

PERFORMATIVES: list[Composite] = [
    Open("me", "there", max_frame_size=512, channel_max=3, idle_timeout=1_000, properties={Symbol("product"): "x"}),
    Begin(1, next_outgoing_id=2, incoming_window=3, outgoing_window=4),
    Attach("link", 1, role=True, source=Source("from", filters={Symbol("f"): None}), target=Target("to")),
    Flow(next_incoming_id=0, handle=3, link_credit=4, drain=True),
    Transfer(1, delivery_id=2, delivery_tag=b"tag", message_format=0x80013700, more=True),
    Disposition(role=True, first=1, last=2, settled=True, state=Accepted()),
    Disposition(first=1, state=Rejected(error("amqp:not-found", "gone"))),
    Disposition(first=1, state=Released()),
    Disposition(first=1, state=Modified(delivery_failed=True, undeliverable_here=True)),
    Disposition(first=1, state=Received(1, 2)),
    Detach(1, closed=True, error=error("amqp:internal-error", "oh")),
    End(),
    Close(error("amqp:connection:forced", "bye")),
    SaslMechanisms(Array(Symbol, (Symbol("PLAIN"),))),
    SaslInit("PLAIN", b"secret", "there"),
    SaslOutcome(0),
]


@pytest.mark.parametrize("performative", PERFORMATIVES, ids=lambda one: type(one).__name__)
def test_a_performative_is_read_as_it_was_written(performative: Composite) -> None:
    value, _ = decode(encode_composite(performative))
    assert read_composite(value) == performative


@pytest.mark.parametrize("performative", PERFORMATIVES, ids=lambda one: type(one).__name__)
def test_all_fields_are_written_even_those_that_are_null(performative: Composite) -> None:
    """azure-servicebus up to 7.14.3 reads fields by their position and fails on a list that ends early."""
    value, _ = decode(encode_composite(performative))
    assert isinstance(value, Described)
    assert isinstance(value.value, list)
    assert len(value.value) == len(fields(performative))  # type: ignore[arg-type] # every composite is a dataclass


def test_fields_that_are_missing_or_null_have_the_defaults_of_the_specification() -> None:
    short = Described(ULong(Open.code), ["me"])
    nulls = Described(ULong(Open.code), ["me", None, None, None])
    assert read_composite(short) == read_composite(nulls) == Open("me")
    assert Open("me").max_frame_size == 0xFFFF_FFFF


def test_an_error_always_has_three_elements_and_a_map() -> None:
    """The SDK reads the map by position; where it is missing, a failed send hangs until it times out."""
    value, _ = decode(encode_composite(error("amqp:not-found", "gone")))
    assert isinstance(value, Described)
    assert isinstance(value.value, list)
    condition, description, info = value.value
    assert (condition, description) == ("amqp:not-found", "gone")
    assert isinstance(info, dict)
    assert info


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(encode("text"), id="no described list"),
        pytest.param(encode(Described(ULong(0x99), [])), id="a descriptor that nothing has"),
        pytest.param(encode(Described(Symbol("amqp:open:list"), [])), id="a descriptor that is no number"),
        pytest.param(encode(Described(ULong(Close.code), [None, None])), id="too many fields"),
        pytest.param(encode(Described(ULong(Begin.code), [UInt(1)])), id="a field of another type"),
    ],
)
def test_what_is_no_performative_is_refused(octets: bytes) -> None:
    value, _ = decode(octets)
    with pytest.raises(DecodeError):
        read_composite(value)


@given(st.lists(st.integers(1, 40), max_size=60))
def test_frames_are_the_same_however_the_stream_is_chopped(sizes: list[int]) -> None:
    stream = SASL_HEADER + encode_frame(0, SaslOutcome(0), sasl=True) + AMQP_HEADER + EMPTY_FRAME
    stream += encode_frame(7, Transfer(1), b"payload")
    whole = list(FrameReader().feed(stream))
    reader = FrameReader()
    chopped: list[ProtocolHeader | Frame] = []
    for size in [*sizes, len(stream)]:
        piece, stream = stream[:size], stream[size:]
        chopped += reader.feed(piece)
    assert chopped == whole
    assert [type(unit) for unit in whole] == [ProtocolHeader, Frame, ProtocolHeader, Frame, Frame]
    assert whole[-2] == Frame(0, b"")
    assert whole[-1] == Frame(7, encode_composite(Transfer(1)) + b"payload")


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"GET / HTTP/1.1\r\n", id="another protocol"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01", id="TLS"),
        pytest.param(b"\x00\x00\x00\x07\x02\x00\x00\x00", id="smaller than its own header"),
        pytest.param((MAX_FRAME_SIZE + 1).to_bytes(4) + b"\x02\x00\x00\x00", id="larger than was agreed"),
        pytest.param(b"\x00\x00\x00\x08\x01\x00\x00\x00", id="a body that starts in the header"),
        pytest.param(b"\x00\x00\x00\x08\x03\x00\x00\x00", id="a body that starts after the end"),
        pytest.param(b"\x00\x00\x00\x08\x02\x05\x00\x00", id="a type that does not exist"),
    ],
)
def test_what_cannot_be_a_frame_is_refused_at_its_header(octets: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(FrameReader().feed(octets))


def test_a_list_without_elements_is_written_in_its_shortest_form() -> None:
    assert encode_list([]) == b"\x45"
