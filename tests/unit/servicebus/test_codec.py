"""Values survive the wire, and no octets do harm."""

from uuid import UUID

import pytest
from azure.servicebus._pyamqp._decode import _DECODE_BY_CONSTRUCTOR
from hypothesis import given
from hypothesis import strategies as st

from local.servicebus.amqp.decode import DecodeError, decode, split_map
from local.servicebus.amqp.encode import encode
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


def whole(bits: int, *, signed: bool) -> st.SearchStrategy[int]:
    low = -(1 << bits - 1) if signed else 0
    return st.integers(low, low + (1 << bits) - 1)


SIMPLE: dict[type, st.SearchStrategy[Value]] = {
    type(None): st.none(),
    bool: st.booleans(),
    UByte: whole(8, signed=False).map(UByte),
    UShort: whole(16, signed=False).map(UShort),
    UInt: whole(32, signed=False).map(UInt),
    ULong: whole(64, signed=False).map(ULong),
    Byte: whole(8, signed=True).map(Byte),
    Short: whole(16, signed=True).map(Short),
    Int: whole(32, signed=True).map(Int),
    int: whole(64, signed=True),
    float: st.floats(allow_nan=False),
    Float: st.floats(allow_nan=False, width=32).map(Float),
    Timestamp: whole(64, signed=True).map(Timestamp),
    Char: st.characters(exclude_categories=["Cs"]).map(Char),
    UUID: st.uuids(),
    bytes: st.binary(max_size=300),
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    Symbol: st.text(st.characters(max_codepoint=127), max_size=300).map(Symbol),
}
DECIMALS = st.sampled_from([4, 8, 16]).flatmap(lambda size: st.binary(min_size=size, max_size=size)).map(Decimal)
DECIMAL_ARRAYS = st.sampled_from([4, 8, 16]).flatmap(
    lambda size: st.builds(
        Array, st.just(Decimal), st.lists(st.binary(min_size=size, max_size=size).map(Decimal), max_size=5).map(tuple)
    )
)
ARRAYS = DECIMAL_ARRAYS | st.sampled_from(sorted(SIMPLE, key=str)).flatmap(
    lambda of: st.builds(Array, st.just(of), st.lists(SIMPLE[of], max_size=20).map(tuple), st.none() | SIMPLE[ULong])
)


def compound(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return (
        st.lists(inner, max_size=8)
        | st.lists(SIMPLE[UInt], min_size=250, max_size=300)
        | st.dictionaries(SIMPLE[str], inner, max_size=8)
        | st.builds(Described, SIMPLE[ULong] | SIMPLE[Symbol], inner)
    )


VALUES: st.SearchStrategy[Value] = st.recursive(st.one_of(*SIMPLE.values(), DECIMALS, ARRAYS), compound, max_leaves=10)


def same(one: Value, other: Value) -> bool:
    """Compares values with their types: to Python a symbol equals a text, and True equals 1."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return same(list(one.keys()), list(other.keys())) and same(list(one.values()), list(other.values()))
    return one == other


@given(VALUES)
def test_what_is_written_is_read_as_it_was(value: Value) -> None:
    octets = encode(value)
    read, end = decode(octets)
    assert same(read, value)
    assert end == len(octets)


@pytest.mark.parametrize("size", [0, 1, 254, 255, 256, 70_000])
def test_sizes_at_the_borders_of_the_narrow_forms_are_read_as_they_were_written(size: int) -> None:
    values: list[Value] = [b"x" * size, "x" * size, Symbol("x" * size), [True] * size, Array(int, (1,) * size)]
    values.append(dict.fromkeys(range(size)))
    for value in values:
        assert same(decode(encode(value))[0], value)


@given(st.binary(max_size=200))
def test_garbage_is_refused_in_one_way(octets: bytes) -> None:
    try:
        _, end = decode(octets)
    except DecodeError:
        return
    assert end <= len(octets)


@given(VALUES, st.data())
def test_a_truncated_value_is_refused(value: Value, data: st.DataObject) -> None:
    octets = encode(value)
    cut = data.draw(st.integers(0, len(octets) - 1))
    with pytest.raises(DecodeError):
        decode(octets[:cut])


@given(st.one_of(*(SIMPLE[kind] for kind in (type(None), bool, UInt, ULong, Int, int, Timestamp, UUID, bytes))))
def test_the_sdk_reads_the_same(value: Value) -> None:
    """The SDK's own codec is the witness that this one is not only consistent with itself."""
    octets = encode(value)
    rest, read = _DECODE_BY_CONSTRUCTOR[octets[0]](memoryview(octets)[1:])
    assert read == value
    assert not rest


@given(st.dictionaries(SIMPLE[Symbol], st.one_of(*SIMPLE.values()), max_size=5))
def test_a_map_can_be_taken_apart_without_touching_its_values(values: dict[Value, Value]) -> None:
    octets = encode(values)
    assert [(key, encode(value)) for key, value in values.items()] == [
        (key, raw_value) for key, _, raw_value in split_map(octets)
    ]


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"\xf0\x00\x00\x00\x05\xff\xff\xff\xff\x40", id="four billion nulls in nine octets"),
        pytest.param(b"\xd0\x00\x00\x00\x04\x7f\xff\xff\xff", id="two billion elements in no octets"),
        pytest.param(b"\x00" * 5_000, id="nested deeper than Python's stack"),
        pytest.param(b"\xc1\x03\x01\x40\x40", id="a map with a key and no value"),
        pytest.param(b"\xc1\x04\x02\x45\x40", id="a map with a list for a key"),
        pytest.param(b"\xc0\x05\x01\x40", id="a list that ends later than the octets"),
        pytest.param(b"\xc0\x03\x01\x40\x40", id="a list that ends later than its elements"),
        pytest.param(b"\x3f", id="a format code that no type has"),
        pytest.param(b"\xa1\x01\xff", id="a text that is no UTF-8"),
    ],
)
def test_a_value_that_lies_about_itself_is_refused(octets: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(octets)


def test_what_amqp_has_no_type_for_is_not_written() -> None:
    with pytest.raises(TypeError, match="complex"):
        encode(1j)  # type: ignore[arg-type] # the point of the test
