"""Only this product can say where a copy came from."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.messages.origin import SEQUENCE, Origin, origin_of

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
BODY = b"{}"
moments = st.datetimes(timezones=st.just(UTC))
origins = st.builds(Origin, st.text(max_size=128), st.integers(0, 10 << 63), moments, attempt=st.integers(1, 100_000))
values = st.one_of(st.text(), st.integers(), st.booleans(), st.floats(), st.none(), st.binary())
NAMES = [*Origin("", 1, datetime.now(UTC)).signed(BODY, KEY)]


@given(origins)
def test_what_a_copy_carries_is_read_as_it_was_written(origin: Origin) -> None:
    assert origin_of(origin.signed(BODY, KEY), BODY, [KEY]) == origin


@given(origins)
def test_every_property_is_text(origin: Origin) -> None:
    """The SDK encodes a whole number in 32 bits, and sequence numbers have 64."""
    assert {type(value) for value in origin.signed(BODY, KEY).values()} == {str}


@given(origins)
def test_a_copy_signed_before_the_key_was_replaced_is_still_known(origin: Origin) -> None:
    assert origin_of(origin.signed(BODY, OTHER_KEY), BODY, [KEY, OTHER_KEY]) == origin


@given(origins, st.sampled_from(NAMES), values)
def test_a_property_that_was_changed_makes_it_a_message_like_any_other(
    origin: Origin, name: str, value: object
) -> None:
    signed: dict[str, object] = dict(origin.signed(BODY, KEY))
    if signed[name] != value:
        assert origin_of({**signed, name: value}, BODY, [KEY]) is None


def test_a_signature_does_not_go_with_another_body() -> None:
    origin = Origin("R-1", 1, datetime(2026, 11, 23, tzinfo=UTC))
    assert origin_of(origin.signed(BODY, KEY), b"{ }", [KEY]) is None


@given(st.dictionaries(st.sampled_from(NAMES), values))
def test_properties_that_a_producer_made_up_are_never_a_fault_and_never_believed(made_up: dict[str, object]) -> None:
    assert origin_of(made_up, BODY, [KEY]) is None


def test_a_sequence_number_is_not_believed_without_a_signature() -> None:
    assert origin_of({SEQUENCE: "1"}, BODY, [KEY]) is None
