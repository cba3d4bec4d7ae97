"""Lists with named, typed fields, on which all performatives, outcomes and termini rest; part 1, section 1.4."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Protocol, cast

from local.servicebus.amqp.decode import DecodeError
from local.servicebus.amqp.encode import NULL, encode, encode_described, encode_list, encode_uint
from local.servicebus.amqp.types import Array, Described, Symbol, UByte, UInt, ULong, UShort, Value


class Composite(Protocol):
    """A dataclass whose fields say how they look on the wire; `code` is its descriptor."""

    code: ClassVar[int]


@dataclass(frozen=True, slots=True)
class Wire:
    """How a field looks on the wire: the types that are taken from a peer, and what writes it."""

    types: tuple[type, ...]
    write: Callable[[Any], bytes]


def _wire(*types: type, write: Callable[[Any], bytes] = encode) -> Mapping[str, Wire]:
    return {"wire": Wire(types, write)}


# Each goes into `dataclasses.field(metadata=...)`; the field's default is what the specification says that null means.
BOOLEAN = _wire(bool)
UBYTE = _wire(UByte, write=lambda value: encode(UByte(value)))
USHORT = _wire(UShort, write=lambda value: encode(UShort(value)))
UINT = _wire(UInt, write=encode_uint)
ULONG = _wire(ULong, write=lambda value: encode(ULong(value)))
STRING = _wire(str)
SYMBOL = _wire(str, write=lambda value: encode(Symbol(value)))
# One symbol may stand for an array of one.
SYMBOLS = _wire(Array, Symbol)
BINARY = _wire(bytes)
MAP = _wire(dict)
ANY = _wire(object)

_registered: dict[int, type[Composite]] = {}
_written: dict[type, list[tuple[str, Callable[[Any], bytes]]]] = {}
_read: dict[type, list[tuple[Wire, object]]] = {}


def composite[T: Composite](made: type[T]) -> type[T]:
    """Registers a dataclass, so that it can be written and read."""
    declared = [(one.name, one.metadata["wire"], one.default) for one in fields(cast("Any", made))]
    _registered[made.code] = made
    _written[made] = [(name, kind.write) for name, kind, _default in declared]
    _read[made] = [(kind, default) for _name, kind, default in declared]
    return made


def encode_composite(value: Composite) -> bytes:
    """Writes a composite with all its fields.

    Fields at the end that are null may be left out, but azure-servicebus up to 7.14.3 reads by position and fails.
    """
    return encode_described(value.code, encode_list(_octets(value)))


def _octets(value: Composite) -> list[bytes]:
    written = []
    for name, write in _written[type(value)]:
        part = getattr(value, name)
        if part is None:
            written.append(NULL)
        elif type(part) in _written:
            written.append(encode_composite(part))
        else:
            written.append(write(part))
    return written


def read_composite(value: Value) -> Composite:
    """Turns a decoded value into the composite that its descriptor names."""
    if not isinstance(value, Described) or not isinstance(value.value, list):
        message = "a described list was expected"
        raise DecodeError(message)
    made = _registered.get(value.descriptor) if isinstance(value.descriptor, int) else None
    if made is None:
        message = f"no composite has the descriptor {value.descriptor!r}"
        raise DecodeError(message)
    return made(*_parts(made, value.value))


def _parts(made: type[Composite], values: Sequence[Value]) -> list[object]:
    declared = _read[made]
    if len(values) > len(declared):
        message = f"{made.__name__} has {len(declared)} fields, not {len(values)}"
        raise DecodeError(message)
    parts: list[object] = []
    for value, (kind, default) in zip(values, declared, strict=False):
        if value is None:
            parts.append(default)
        elif isinstance(value, kind.types):
            parts.append(_composite_or_value(value))
        else:
            message = f"field {len(parts)} of {made.__name__} cannot be a {type(value).__name__}"
            raise DecodeError(message)
    return parts


def _composite_or_value(value: Value) -> object:
    if isinstance(value, Described) and isinstance(value.descriptor, int) and value.descriptor in _registered:
        return read_composite(value)
    return value
