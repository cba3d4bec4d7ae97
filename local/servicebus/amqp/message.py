"""Messages as they travel: sections one after the other; part 3, section 3.2.

What a sender wrote is kept octet by octet: types that Python does not tell apart survive the way through the broker.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar

from local.servicebus.amqp.composites import (
    ANY,
    BINARY,
    BOOLEAN,
    STRING,
    SYMBOL,
    UBYTE,
    UINT,
    composite,
    encode_composite,
    read_composite,
)
from local.servicebus.amqp.decode import DecodeError, decode, split_map
from local.servicebus.amqp.encode import encode, encode_described, encode_map
from local.servicebus.amqp.types import Described, Value

# A transfer of this format carries messages, each in a Data section of an outer one.
BATCH_FORMAT = 0x80013700
type Map = dict[Value, Value]


class Section(IntEnum):
    """The sections' descriptors."""

    HEADER = 0x70
    DELIVERY_ANNOTATIONS = 0x71
    MESSAGE_ANNOTATIONS = 0x72
    PROPERTIES = 0x73
    APPLICATION_PROPERTIES = 0x74
    DATA = 0x75
    SEQUENCE = 0x76
    VALUE = 0x77
    FOOTER = 0x78


@composite
@dataclass(slots=True)
class Header:
    """What the broker may change about delivery; times in milliseconds."""

    code: ClassVar[int] = Section.HEADER
    durable: bool | None = field(default=None, metadata=BOOLEAN)
    priority: int | None = field(default=None, metadata=UBYTE)
    ttl: int | None = field(default=None, metadata=UINT)
    first_acquirer: bool | None = field(default=None, metadata=BOOLEAN)
    delivery_count: int | None = field(default=None, metadata=UINT)


@composite
@dataclass(slots=True)
class Properties:
    """What the sender says about the message; Service Bus calls `group_id` the session id and `subject` the label."""

    code: ClassVar[int] = Section.PROPERTIES
    message_id: Value = field(default=None, metadata=ANY)
    user_id: bytes | None = field(default=None, metadata=BINARY)
    to: Value = field(default=None, metadata=ANY)
    subject: str | None = field(default=None, metadata=STRING)
    reply_to: Value = field(default=None, metadata=ANY)
    correlation_id: Value = field(default=None, metadata=ANY)
    content_type: str | None = field(default=None, metadata=SYMBOL)
    content_encoding: str | None = field(default=None, metadata=SYMBOL)
    absolute_expiry_time: Value = field(default=None, metadata=ANY)
    creation_time: Value = field(default=None, metadata=ANY)
    group_id: str | None = field(default=None, metadata=STRING)
    group_sequence: int | None = field(default=None, metadata=UINT)
    reply_to_group_id: str | None = field(default=None, metadata=STRING)


@dataclass(frozen=True, slots=True)
class Content:
    """A message as it was sent."""

    header: Header = field(default_factory=Header)
    # What senders write is theirs, and never comes into a log by way of `repr`.
    annotations: Map = field(default_factory=dict, repr=False)
    properties: Properties = field(default_factory=Properties, repr=False)
    application_properties: Map = field(default_factory=dict, repr=False)
    # The octets of each section's value; those of the body and footer are whole sections.
    encoded: Mapping[Section, bytes] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


def parse_message(octets: bytes) -> Content:
    """Cuts an encoded message into its sections."""
    values: dict[Section, Value] = {}
    encoded: dict[Section, bytes] = {}
    body = []
    for section, value, whole, inner in _sections(octets):
        if section >= Section.DATA:
            body.append(whole)
        elif value is not None:
            # A section that is null says as much as one that is not there.
            values[section] = value
            encoded[section] = inner
    return Content(
        _composite(values, Header),
        _map(values, Section.MESSAGE_ANNOTATIONS),
        _composite(values, Properties),
        _map(values, Section.APPLICATION_PROPERTIES),
        encoded,
        b"".join(body),
    )


def batched_messages(octets: bytes) -> list[bytes]:
    """Gives the encoded messages that a batch carries."""
    return [value for section, value, _, _ in _sections(octets) if section is Section.DATA and isinstance(value, bytes)]


def body_value(content: Content) -> Value:
    """Gives the value of a message whose body is a single AMQP value, else null."""
    for section, value, _, _ in _sections(content.body):
        if section is Section.VALUE:
            return value
    return None


def encode_message(
    content: Content,
    header: Header,
    delivery_annotations: Map,
    annotations: Map,
    application_properties: Map,
) -> bytes:
    """Writes a message as it was sent, with another header and with annotations and properties added or replaced."""
    encoded = content.encoded
    parts = [
        encode_composite(header),
        _merged(Section.DELIVERY_ANNOTATIONS, None, delivery_annotations),
        _merged(Section.MESSAGE_ANNOTATIONS, encoded.get(Section.MESSAGE_ANNOTATIONS), annotations),
    ]
    if Section.PROPERTIES in encoded:
        parts.append(encode_described(Section.PROPERTIES, encoded[Section.PROPERTIES]))
    parts.append(
        _merged(Section.APPLICATION_PROPERTIES, encoded.get(Section.APPLICATION_PROPERTIES), application_properties)
    )
    return b"".join([*parts, content.body])


def value_message(value: Value, properties: Properties, application_properties: Map) -> bytes:
    """Writes a message whose body is one value, as the answers to requests are."""
    application = encode_described(Section.APPLICATION_PROPERTIES, encode(application_properties))
    return encode_composite(properties) + application + encode_described(Section.VALUE, encode(value))


def _sections(octets: bytes) -> Iterator[tuple[Section, Value, bytes, bytes]]:
    """Yields each section's descriptor, its value, its own octets and those of its value."""
    at = 0
    while at < len(octets):
        descriptor, start = decode(octets, at + 1)
        value, end = decode(octets, start)
        if octets[at] != 0 or not isinstance(descriptor, int) or descriptor not in Section:
            message = f"no section of a message starts at octet {at}"
            raise DecodeError(message)
        yield Section(descriptor), value, octets[at:end], octets[start:end]
        at = end


def _map(values: Mapping[Section, Value], section: Section) -> Map:
    found = values.get(section)
    if found is None:
        return {}
    if not isinstance(found, dict):
        message = f"{section.name} is no map"
        raise DecodeError(message)
    return found


def _composite[T: (Header, Properties)](values: Mapping[Section, Value], made: type[T]) -> T:
    section = Section(made.code)
    if section not in values:
        return made()
    read = read_composite(Described(int(section), values[section]))
    assert isinstance(read, made)  # noqa: S101 - the descriptor was its own
    return read


def _merged(section: Section, encoded: bytes | None, extra: Map) -> bytes:
    pairs = [pair for pair in split_map(encoded) if pair[0] not in extra] if encoded else []
    if not pairs and not extra:
        return b""
    kept = [part for _key, *both in pairs for part in both]
    added = [encode(part) for pair in extra.items() for part in pair]
    return encode_described(section, encode_map([*kept, *added]))
