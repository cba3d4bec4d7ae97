"""Previous numbers, as they are written before they are encrypted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.history_ports import PreviousPhones
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.tables.previous_text import phones_of, text_of
from tests.fakes.clock import START

OLD = PhoneNumber(49, "15123456780")
PHONES = PreviousPhones("anna", {PhoneType.MOBILE: OLD}, {PhoneType.MOBILE: None}, frozenset(), START)
_NUMBERS = st.none() | st.builds(
    PhoneNumber,
    st.integers(1, 999),
    st.text("0123456789", min_size=1, max_size=17),
    st.text("0123456789", max_size=7),
)
_BY_TYPE = st.dictionaries(st.sampled_from(PhoneType), _NUMBERS)


@given(_BY_TYPE, _BY_TYPE, st.frozensets(st.sampled_from(PhoneType)), st.datetimes(timezones=st.just(START.tzinfo)))
def test_what_is_written_is_read_back_to_the_digit(before: Any, after: Any, unreadable: Any, at: Any) -> None:
    phones = PreviousPhones("anna", before, after, unreadable, at)
    assert phones_of(text_of(phones)) == phones


def test_what_cannot_be_read_is_not_repeated_in_the_error() -> None:
    with pytest.raises(ValueError, match="validation error") as fault:
        phones_of(text_of(PHONES).replace(b"user_id", b"nobody"))
    assert OLD.national not in str(fault.value)
