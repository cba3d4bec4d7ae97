"""A phone number masks itself and speaks Graph's format."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.phone.number import PhoneNumber

EXAMPLES = [
    number
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    if (number := phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE))
]
numbers = st.builds(
    PhoneNumber,
    country_code=st.integers(1, 999),
    national=st.text("0123456789", min_size=5, max_size=14),
    extension=st.one_of(st.just(""), st.text("0123456789", min_size=1, max_size=6)),
)


@given(numbers)
def test_no_way_of_showing_a_number_shows_it(number: PhoneNumber) -> None:
    for shown in (str(number), repr(number), f"{number}", f"{number!r:>40}", number.masked(), f"{[number]}"):
        assert number.national not in shown
        assert shown.replace("*", "").count(number.national[-2:]) >= 1


@given(numbers)
def test_the_mask_shows_country_and_two_digits_and_as_many_signs_as_the_number_has(number: PhoneNumber) -> None:
    masked = number.masked().partition("x")[0]
    assert masked.startswith(f"+{number.country_code} ")
    assert len(masked.partition(" ")[2]) == len(number.national)
    assert masked.partition(" ")[2].strip("*") == number.national[-2:].strip("*")


@pytest.mark.parametrize("example", EXAMPLES, ids=phonenumbers.region_code_for_number)
def test_what_is_written_to_graph_is_read_back_as_equal(example: phonenumbers.PhoneNumber) -> None:
    number = PhoneNumber(example.country_code or 0, phonenumbers.national_significant_number(example), "12")
    assert PhoneNumber.from_graph(number.in_clear()) == number


def test_a_leading_zero_that_belongs_to_the_number_stays() -> None:
    """Italian numbers keep their zero: it is part of the national significant number."""
    assert PhoneNumber.from_graph("+39 0669821234") == PhoneNumber(39, "0669821234")


@pytest.mark.parametrize("text", ["+4915123456789", "+49 151 23456789", " +49 15123456789 ", "+49 15123456789"])
def test_spaces_in_a_stored_number_do_not_matter(text: str) -> None:
    """Field failure: numbers stored without the space compared as different, or were invisible."""
    assert PhoneNumber.from_graph(text) == PhoneNumber(49, "15123456789")


@pytest.mark.parametrize("text", ["", "unknown", "15123456789", "+999 1", "+49 *******89"])
def test_a_stored_text_that_is_no_number_is_none(text: str) -> None:
    assert PhoneNumber.from_graph(text) is None


def test_the_keyed_hash_depends_on_number_and_key() -> None:
    one, other = PhoneNumber(49, "15123456789"), PhoneNumber(49, "15123456788")
    assert one.keyed_hash(b"a") == PhoneNumber(49, "15123456789").keyed_hash(b"a")
    assert len({one.keyed_hash(b"a"), one.keyed_hash(b"b"), other.keyed_hash(b"a")}) == 3
