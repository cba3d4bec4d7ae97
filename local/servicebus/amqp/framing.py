"""Frames in a stream of octets; part 2, section 2.3."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

from local.servicebus.amqp.composites import Composite, encode_composite
from local.servicebus.amqp.errors import FRAMING_ERROR, ProtocolError

AMQP_HEADER = b"AMQP\x00\x01\x00\x00"
SASL_HEADER = b"AMQP\x03\x01\x00\x00"
EMPTY_FRAME = b"\x00\x00\x00\x08\x02\x00\x00\x00"
FRAME_HEADER_SIZE = 8
# Service Bus announces this too, so that a message of 200 KB needs several frames here as it does there.
MAX_FRAME_SIZE = 65_536

_AMQP, _SASL = 0, 1
_SMALLEST_OFFSET = 2
_HEADER = Struct(">IBBH")


@dataclass(frozen=True, slots=True)
class ProtocolHeader:
    """The 8 octets with which a peer says what it wants to speak."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame without its header; an empty body says that the peer is alive."""

    channel: int
    body: bytes


class FrameReader:
    """Cuts a stream into protocol headers and frames, however it was chopped on the way."""

    def __init__(self) -> None:
        self._octets = bytearray()

    def feed(self, octets: bytes) -> Iterator[ProtocolHeader | Frame]:
        """Takes what has arrived and yields all that is complete."""
        self._octets += octets
        while len(self._octets) >= FRAME_HEADER_SIZE:
            unit = self._protocol_header() if self._octets.startswith(b"AMQP") else self._frame()
            if unit is None:
                return
            yield unit

    def _protocol_header(self) -> ProtocolHeader:
        return ProtocolHeader(self._take(FRAME_HEADER_SIZE))

    def _frame(self) -> Frame | None:
        size, offset, kind, channel = _HEADER.unpack_from(self._octets)
        start = offset * 4
        if not FRAME_HEADER_SIZE <= size <= MAX_FRAME_SIZE or offset < _SMALLEST_OFFSET or start > size:
            message = f"a frame of {size} octets with an offset of {offset} is not possible"
            raise ProtocolError(FRAMING_ERROR, message)
        if kind not in (_AMQP, _SASL):
            message = f"frames of type {kind} do not exist"
            raise ProtocolError(FRAMING_ERROR, message)
        if len(self._octets) < size:
            return None
        return Frame(channel, self._take(size)[start:])

    def _take(self, size: int) -> bytes:
        taken = bytes(self._octets[:size])
        del self._octets[:size]
        return taken


def encode_frame(channel: int, body: Composite, payload: bytes = b"", *, sasl: bool = False) -> bytes:
    """Writes a frame."""
    performative = encode_composite(body)
    size = FRAME_HEADER_SIZE + len(performative) + len(payload)
    return _HEADER.pack(size, _SMALLEST_OFFSET, _SASL if sasl else _AMQP, channel) + performative + payload
