"""Octets become values; OASIS AMQP 1.0, part 1, section 1.6."""

from collections.abc import Callable
from struct import Struct, error
from uuid import UUID

from local.servicebus.amqp.types import (
    TYPES,
    Array,
    Byte,
    Char,
    Decimal,
    Described,
    Float,
    Int,
    Short,
    Symbol,
    Timestamp,
    UByte,
    UInt,
    ULong,
    UShort,
    Value,
)

type Read = Callable[[bytes, int], tuple[Value, int]]

# Elements without octets of their own (null, true, zero) would let 9 octets announce 4 billion of them.
_MOST_EMPTY_ELEMENTS = 64
_WIDE_MAP = 0xD1


class DecodeError(ValueError):
    """The octets are not well-formed AMQP."""


def decode(octets: bytes, at: int = 0) -> tuple[Value, int]:
    """Reads the value that starts at `at` and says where the next one starts."""
    try:
        return _value(octets, at)
    except (IndexError, error, UnicodeDecodeError, TypeError, RecursionError) as fault:
        message = f"malformed value at octet {at}"
        raise DecodeError(message) from fault


def split_map(octets: bytes) -> list[tuple[Value, bytes, bytes]]:
    """Cuts an encoded map into its keys, each with the octets of key and value, so that it can be written unchanged."""
    pairs = []
    end, count, at = _sizes(octets, 1, wide=octets[0] == _WIDE_MAP)
    for _ in range(count // 2):
        key, middle = decode(octets, at)
        _, after = decode(octets, middle)
        pairs.append((key, octets[at:middle], octets[middle:after]))
        at = after
    if at != end:
        message = f"a map ends at {at} instead of {end}"
        raise DecodeError(message)
    return pairs


def _value(octets: bytes, at: int) -> tuple[Value, int]:
    code = octets[at]
    if code:
        return _reader(code)(octets, at + 1)
    descriptor, at = _value(octets, at + 1)
    value, at = _value(octets, at)
    return Described(descriptor, value), at


def _reader(code: int) -> Read:
    read = READERS.get(code)
    if read is None:
        message = f"no type has the format code 0x{code:02x}"
        raise DecodeError(message)
    return read


def _constant(value: Value) -> Read:
    return lambda _octets, at: (value, at)


def _fixed(layout: str, make: Callable[..., Value]) -> Read:
    structure = Struct(layout)
    unpack, size = structure.unpack_from, structure.size
    return lambda octets, at: (make(unpack(octets, at)[0]), at + size)


def _opaque(size: int, make: Callable[[bytes], Value]) -> Read:
    return lambda octets, at: (make(_take(octets, at, size)), at + size)


def _take(octets: bytes, at: int, size: int) -> bytes:
    if at + size > len(octets):
        message = f"{size} octets announced at {at}, {len(octets) - at} left"
        raise DecodeError(message)
    return octets[at : at + size]


_WIDE = Struct(">I").unpack_from
_PAIR = Struct(">II").unpack_from


def _variable(make: Callable[[bytes], Value], *, wide: bool) -> Read:
    def narrow(octets: bytes, at: int) -> tuple[Value, int]:
        size = octets[at]
        return make(_take(octets, at + 1, size)), at + 1 + size

    def broad(octets: bytes, at: int) -> tuple[Value, int]:
        size = _WIDE(octets, at)[0]
        return make(_take(octets, at + 4, size)), at + 4 + size

    return broad if wide else narrow


def _sizes(octets: bytes, at: int, *, wide: bool) -> tuple[int, int, int]:
    """Reads a compound's end, its count and where its first element stands."""
    if wide:
        size, count = _PAIR(octets, at)
        first, end = at + 8, at + 4 + size
    else:
        size, count = octets[at], octets[at + 1]
        first, end = at + 2, at + 1 + size
    if end > len(octets) or end < first:
        message = f"a compound of {size} octets does not fit at {at}"
        raise DecodeError(message)
    return end, count, first


def _elements(octets: bytes, at: int, *, wide: bool) -> tuple[list[Value], int]:
    end, count, at = _sizes(octets, at, wide=wide)
    if count > end - at:
        message = f"{count} elements do not fit in {end - at} octets"
        raise DecodeError(message)
    items: list[Value] = []
    for _ in range(count):
        item, at = _value(octets, at)
        items.append(item)
    if at != end:
        message = f"a compound ends at {at} instead of {end}"
        raise DecodeError(message)
    return items, end


def _narrow_list(octets: bytes, at: int) -> tuple[Value, int]:
    return _elements(octets, at, wide=False)


def _wide_list(octets: bytes, at: int) -> tuple[Value, int]:
    return _elements(octets, at, wide=True)


def _map(*, wide: bool) -> Read:
    def read(octets: bytes, at: int) -> tuple[Value, int]:
        flat, end = _elements(octets, at, wide=wide)
        if len(flat) % 2:
            message = "a map has a key without a value"
            raise DecodeError(message)
        return dict(zip(flat[::2], flat[1::2], strict=True)), end

    return read


def _array(*, wide: bool) -> Read:
    def read(octets: bytes, at: int) -> tuple[Value, int]:
        end, count, at = _sizes(octets, at, wide=wide)
        descriptor: Value = None
        if octets[at] == 0:
            descriptor, at = _value(octets, at + 1)
        code = octets[at]
        element, at = _reader(code), at + 1
        if count > max(end - at, _MOST_EMPTY_ELEMENTS):
            message = f"{count} elements do not fit in {end - at} octets"
            raise DecodeError(message)
        items: list[Value] = []
        for _ in range(count):
            item, at = element(octets, at)
            items.append(item)
        if at != end:
            message = f"an array ends at {at} instead of {end}"
            raise DecodeError(message)
        return Array(TYPES[code], tuple(items), descriptor), end

    return read


def _symbol(octets: bytes) -> Symbol:
    return Symbol(octets.decode("ascii"))


def _uuid(octets: bytes) -> UUID:
    return UUID(bytes=octets)


READERS: dict[int, Read] = {
    0x40: _constant(None),
    0x41: _constant(value=True),
    0x42: _constant(value=False),
    0x43: _constant(UInt(0)),
    0x44: _constant(ULong(0)),
    0x45: lambda _octets, at: ([], at),
    0x50: _fixed(">B", UByte),
    0x51: _fixed(">b", Byte),
    0x52: _fixed(">B", UInt),
    0x53: _fixed(">B", ULong),
    0x54: _fixed(">b", Int),
    0x55: _fixed(">b", int),
    0x56: _fixed(">B", bool),
    0x60: _fixed(">H", UShort),
    0x61: _fixed(">h", Short),
    0x70: _fixed(">I", UInt),
    0x71: _fixed(">i", Int),
    0x72: _fixed(">f", Float),
    0x73: _opaque(4, lambda octets: Char(octets.decode("utf-32-be"))),
    0x74: _opaque(4, Decimal),
    0x80: _fixed(">Q", ULong),
    0x81: _fixed(">q", int),
    0x82: _fixed(">d", float),
    0x83: _fixed(">q", Timestamp),
    0x84: _opaque(8, Decimal),
    0x94: _opaque(16, Decimal),
    0x98: _opaque(16, _uuid),
    0xA0: _variable(bytes, wide=False),
    0xA1: _variable(bytes.decode, wide=False),
    0xA3: _variable(_symbol, wide=False),
    0xB0: _variable(bytes, wide=True),
    0xB1: _variable(bytes.decode, wide=True),
    0xB3: _variable(_symbol, wide=True),
    0xC0: _narrow_list,
    0xC1: _map(wide=False),
    0xD0: _wide_list,
    0xD1: _map(wide=True),
    0xE0: _array(wide=False),
    0xF0: _array(wide=True),
}
