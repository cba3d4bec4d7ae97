"""Values become octets; OASIS AMQP 1.0, part 1, section 1.6."""

from collections.abc import Callable, Iterable
from struct import Struct
from typing import Any, cast
from uuid import UUID

from local.servicebus.amqp.types import (
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

type Write = Callable[[Any], bytes]

NULL = b"\x40"
LARGEST_NARROW = 0xFF
# A compound's size counts its count field too: one octet in the narrow form, four in the wide one.
_WIDE_COUNT = 4

_size = Struct(">I").pack
_sizes = Struct(">II").pack
_coded_size = Struct(">BI").pack


def encode(value: Value) -> bytes:
    """Writes a value with its constructor, in the shortest form that there is for it."""
    write = _SHORTEST.get(type(value))
    if write is not None:
        return write(value)
    full = _FULL.get(type(value))
    if full is None:
        message = f"AMQP has no type for {type(value).__name__}"
        raise TypeError(message)
    code, write = full
    return bytes((code,)) + write(value)


def encode_list(encoded: Iterable[bytes]) -> bytes:
    """Writes a list of elements that are encoded already."""
    items = list(encoded)
    return _compound(0xC0, items) if items else b"\x45"


def encode_map(encoded: Iterable[bytes]) -> bytes:
    """Writes a map of keys and values, one after the other, that are encoded already."""
    return _compound(0xC1, list(encoded))


def encode_described(code: int, encoded: bytes) -> bytes:
    """Writes a described value that is encoded already; its descriptor is one of the specification's numbers."""
    return b"\x00\x53" + bytes((code,)) + encoded


def encode_uint(value: int) -> bytes:
    """Writes a uint, which a plain `int` does not stand for."""
    if value <= LARGEST_NARROW:
        return bytes((0x52, value)) if value else b"\x43"
    return _coded_size(0x70, value)


def _compound(narrow_code: int, items: list[bytes]) -> bytes:
    body = b"".join(items)
    if len(items) <= LARGEST_NARROW and len(body) < LARGEST_NARROW:
        return bytes((narrow_code, len(body) + 1, len(items))) + body
    return bytes((narrow_code + 0x10,)) + _sizes(len(body) + _WIDE_COUNT, len(items)) + body


def _variable(narrow_code: int, body: bytes) -> bytes:
    if len(body) <= LARGEST_NARROW:
        return bytes((narrow_code, len(body))) + body
    return _coded_size(narrow_code + 0x10, len(body)) + body


def _small_or(small_code: int, full_code: int, layout: str) -> Write:
    pack = Struct(">B" + layout).pack

    def write(value: int) -> bytes:
        return bytes((small_code, value & 0xFF)) if -0x80 <= value < 0x80 else pack(full_code, value)  # noqa: PLR2004 - an octet with a sign

    return write


def _ulong(value: int) -> bytes:
    if value <= LARGEST_NARROW:
        return bytes((0x53, value)) if value else b"\x44"
    return b"\x80" + _FULL[ULong][1](value)


def _flat(pairs: dict[Value, Value]) -> Iterable[Value]:
    return (item for pair in pairs.items() for item in pair)


def _described(value: Described) -> bytes:
    return b"\x00" + encode(value.descriptor) + encode(value.value)


def _packed(layout: str) -> Write:
    return Struct(">" + layout).pack


def _sized(body: bytes) -> bytes:
    return _size(len(body)) + body


def _wide_list(items: Iterable[Value]) -> bytes:
    encoded = [encode(item) for item in items]
    body = b"".join(encoded)
    return _sizes(len(body) + _WIDE_COUNT, len(encoded)) + body


def _wide_array(array: Array) -> bytes:
    code, write = _element(array)
    constructor = bytes((code,))
    if array.descriptor is not None:
        constructor = b"\x00" + encode(array.descriptor) + constructor
    body = constructor + b"".join(map(write, array.items))
    return _sizes(len(body) + _WIDE_COUNT, len(array.items)) + body


def _element(array: Array) -> tuple[int, Write]:
    if array.of is Decimal:
        size = len(cast("Decimal", array.items[0]).octets) if array.items else max(_DECIMALS)
        return _DECIMALS[size], lambda value: value.octets
    return _FULL[array.of]


_DECIMALS = {4: 0x74, 8: 0x84, 16: 0x94}
# Every type in its full form: the constructor, and what writes the octets after it. An array's elements look like this.
_FULL: dict[type, tuple[int, Write]] = {
    type(None): (0x40, lambda _value: b""),
    bool: (0x56, lambda value: b"\x01" if value else b"\x00"),
    int: (0x81, _packed("q")),
    UByte: (0x50, _packed("B")),
    UShort: (0x60, _packed("H")),
    UInt: (0x70, _packed("I")),
    ULong: (0x80, _packed("Q")),
    Byte: (0x51, _packed("b")),
    Short: (0x61, _packed("h")),
    Int: (0x71, _packed("i")),
    Timestamp: (0x83, _packed("q")),
    float: (0x82, _packed("d")),
    Float: (0x72, _packed("f")),
    Char: (0x73, lambda value: value.encode("utf-32-be")),
    UUID: (0x98, lambda value: value.bytes),
    bytes: (0xB0, _sized),
    str: (0xB1, lambda value: _sized(value.encode())),
    Symbol: (0xB3, lambda value: _sized(value.encode("ascii"))),
    list: (0xD0, _wide_list),
    dict: (0xD1, lambda value: _wide_list(_flat(value))),
    Array: (0xF0, _wide_array),
}

_SHORTEST: dict[type, Write] = {
    bool: lambda value: b"\x41" if value else b"\x42",
    int: _small_or(0x55, 0x81, "q"),
    Int: _small_or(0x54, 0x71, "i"),
    UInt: encode_uint,
    ULong: _ulong,
    bytes: lambda value: _variable(0xA0, value),
    str: lambda value: _variable(0xA1, value.encode()),
    Symbol: lambda value: _variable(0xA3, value.encode("ascii")),
    list: lambda value: encode_list(map(encode, value)),
    dict: lambda value: encode_map(map(encode, _flat(value))),
    Described: _described,
    Decimal: lambda value: bytes((_DECIMALS[len(value.octets)],)) + value.octets,
}
