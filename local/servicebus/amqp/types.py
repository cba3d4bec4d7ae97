"""The AMQP types that Python's own do not tell apart; OASIS AMQP 1.0, part 1, section 1.6.

A plain `int` stands for a long, `float` for a double, `str` for a string, `bytes` for a binary, `dict` for a map,
`list` for a list, `uuid.UUID` for a uuid, `None` for null.
"""

from dataclasses import dataclass
from uuid import UUID


class UByte(int):
    """A whole number of 8 bits without a sign."""


class UShort(int):
    """A whole number of 16 bits without a sign."""


class UInt(int):
    """A whole number of 32 bits without a sign."""


class ULong(int):
    """A whole number of 64 bits without a sign."""


class Byte(int):
    """A whole number of 8 bits with a sign."""


class Short(int):
    """A whole number of 16 bits with a sign."""


class Int(int):
    """A whole number of 32 bits with a sign."""


class Timestamp(int):
    """Milliseconds since 1970-01-01 UTC."""


class Float(float):
    """A binary floating-point number of 32 bits."""


class Char(str):
    """One Unicode character."""

    __slots__ = ()


class Symbol(str):
    """A name from a constrained domain, in ASCII."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Decimal:
    """A decimal floating-point number of 4, 8 or 16 octets, kept as it came: nothing here reckons with it."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Array:
    """Values of one type, and of one meaning where there is a descriptor."""

    of: type
    items: tuple["Value", ...]
    descriptor: "Value" = None


@dataclass(frozen=True, slots=True)
class Described:
    """A value together with the descriptor that says what it means."""

    descriptor: "Value"
    value: "Value"


type Value = (
    bool | int | float | str | bytes | UUID | Decimal | Array | Described | list[Value] | dict[Value, Value] | None
)

# Which type a constructor's format code stands for.
TYPES: dict[int, type] = {
    0x40: type(None),
    **dict.fromkeys((0x41, 0x42, 0x56), bool),
    **dict.fromkeys((0x43, 0x52, 0x70), UInt),
    **dict.fromkeys((0x44, 0x53, 0x80), ULong),
    **dict.fromkeys((0x45, 0xC0, 0xD0), list),
    **dict.fromkeys((0x54, 0x71), Int),
    **dict.fromkeys((0x55, 0x81), int),
    **dict.fromkeys((0x74, 0x84, 0x94), Decimal),
    **dict.fromkeys((0xA0, 0xB0), bytes),
    **dict.fromkeys((0xA1, 0xB1), str),
    **dict.fromkeys((0xA3, 0xB3), Symbol),
    **dict.fromkeys((0xC1, 0xD1), dict),
    **dict.fromkeys((0xE0, 0xF0), Array),
    0x50: UByte,
    0x51: Byte,
    0x60: UShort,
    0x61: Short,
    0x72: Float,
    0x73: Char,
    0x82: float,
    0x83: Timestamp,
    0x98: UUID,
}
