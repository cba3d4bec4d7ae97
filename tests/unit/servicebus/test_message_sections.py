"""Messages pass through the broker as they were sent; what it adds is added and nothing else is touched."""

from datetime import timedelta
from uuid import uuid4

import pytest
from azure.servicebus._pyamqp._decode import decode_payload
from hypothesis import given
from hypothesis import strategies as st

from local.servicebus.amqp.composites import encode_composite
from local.servicebus.amqp.decode import DecodeError, decode
from local.servicebus.amqp.encode import encode, encode_described
from local.servicebus.amqp.message import (
    Header,
    Map,
    Properties,
    Section,
    batched_messages,
    body_value,
    encode_message,
    parse_message,
    value_message,
)
from local.servicebus.amqp.types import Described, Short, Symbol, UInt, ULong, Value
from tests.unit.servicebus.at_hand import encoded

NUMBER = "+49 151 23456789"


def test_bodies_and_properties_leave_as_they_came() -> None:
    properties = encode_composite(Properties(message_id=uuid4(), correlation_id=ULong(7), user_id=b"me"))
    body = encode_described(Section.DATA, encode(b"one")) + encode_described(Section.DATA, encode(b"two"))
    footer = encode_described(Section.FOOTER, encode({Symbol("sum"): b"123"}))
    content = parse_message(properties + body + footer)
    assert encode_message(content, Header(), {}, {}, {}) == encode_composite(Header()) + properties + body + footer


def test_application_properties_keep_their_types_when_a_reason_is_added() -> None:
    """An SDK that sent a short gets a short back, though Python knows only whole numbers."""
    told: dict[Value, Value] = {"small": Short(5), "price": UInt(7), "DeadLetterReason": "older"}
    content = parse_message(encode_described(Section.APPLICATION_PROPERTIES, encode(told)))
    octets = encode_message(content, Header(), {}, {}, {"DeadLetterReason": "newer"})
    value, _ = decode(octets, len(encode_composite(Header())))
    assert isinstance(value, Described)
    assert value.value == {"small": 5, "price": 7, "DeadLetterReason": "newer"}
    assert isinstance(value.value, dict)
    assert [type(one) for one in value.value.values()] == [Short, UInt, str]


def test_annotations_of_the_sender_stay_beside_those_of_the_broker() -> None:
    told: dict[Value, Value] = {Symbol("x-opt-partition-key"): "a", Symbol("x-opt-sequence-number"): 99}
    content = parse_message(encode_described(Section.MESSAGE_ANNOTATIONS, encode(told)))
    octets = encode_message(content, Header(), {}, {Symbol("x-opt-sequence-number"): 1}, {})
    read = decode_payload(memoryview(octets))
    assert read.message_annotations == {b"x-opt-partition-key": b"a", b"x-opt-sequence-number": 1}


def test_a_batch_gives_its_messages_in_their_order() -> None:
    messages = [encoded("one"), encoded("two")]
    batch = b"".join(encode_described(Section.DATA, encode(message)) for message in messages)
    assert batched_messages(encode_composite(Properties(message_id="first")) + batch) == messages


def test_a_value_message_is_read_as_it_was_written() -> None:
    content = parse_message(value_message({"a": [1]}, Properties(correlation_id="me"), {"statusCode": 200}))
    assert body_value(content) == {"a": [1]}
    assert content.properties.correlation_id == "me"
    assert content.application_properties == {"statusCode": 200}


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"hello", id="no section"),
        pytest.param(encode("text"), id="a value that is not described"),
        pytest.param(encode_described(0x79, encode("x")), id="a section that does not exist"),
        pytest.param(encode_described(Section.APPLICATION_PROPERTIES, encode("x")), id="properties that are no map"),
        pytest.param(encode_described(Section.HEADER, encode("x")), id="a header that is no list"),
        pytest.param(encoded("cut off")[:-2], id="a body that ends early"),
    ],
)
def test_a_malformed_message_is_refused(octets: bytes) -> None:
    with pytest.raises(DecodeError):
        parse_message(octets)


@pytest.mark.parametrize("section", [one for one in Section if one < Section.DATA])
def test_a_section_that_is_null_is_no_section(section: Section) -> None:
    """Such a message was taken, and then ended the connection of every receiver that it was handed to."""
    octets = encode_described(section, encode(None)) + encode_described(Section.DATA, encode(b"x"))
    reason: Map = {"DeadLetterReason": "no good"}
    again = parse_message(encode_message(parse_message(octets), Header(), {}, {}, reason))
    assert again.application_properties == reason


WHOLE = encoded("x", session="a", message_id="m", ttl=timedelta(1), label="l", properties={"a": 5, "b": None})


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=6))
def test_every_message_that_is_taken_can_be_handed_out(edits: list[tuple[int, int]]) -> None:
    octets = bytearray(WHOLE)
    for place, octet in edits:
        octets[place] = octet
    try:
        content = parse_message(bytes(octets))
    except DecodeError:
        return
    extra: Map = {"added": 1}
    again = parse_message(encode_message(content, content.header, extra, extra, extra))
    assert again.application_properties == {**content.application_properties, **extra}
    assert again.body == content.body


def test_a_message_does_not_show_what_is_in_it() -> None:
    """Bodies and application properties hold phone numbers, and `repr` is how things get into logs."""
    content = parse_message(encoded(NUMBER, session=NUMBER, message_id=NUMBER, properties={"number": NUMBER}))
    assert "23456789" not in repr(content)
