"""Numbers as people write them are understood or refused with a reason; nothing is guessed."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.phone.number import PhoneNumber
from shared.phone.reading import NumberFault, ReadNumber, is_international, read_number

GERMAN = PhoneNumber(49, "15123456789")
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def understood(text: str, region: str | None = "DE") -> PhoneNumber:
    reading = read_number(text, region)
    assert isinstance(reading, ReadNumber), reading
    return reading.number


@pytest.mark.parametrize(
    "text",
    [
        "0151 23456789",
        "0151/23456789",
        "(0151) 234-567-89",
        "0151.2345.6789",
        "0151–23456789",
        "+49 151 23456789",
        "+49 (0)151 23456789",
        "0049 151 23456789",
        "00 49 (151) 2345 6789",
        "tel:+49-151-23456789",
        "０１５１２３４５６７８９",
        "＋４９１５１２３４５６７８９",
        "\u202a+49 151 23456789\u202c",
        "+49\u00a0151\u00a023456789",
        "  0151 23456789\t",
    ],
)
def test_the_ways_in_which_people_write_one_number_give_that_number(text: str) -> None:
    assert understood(text) == GERMAN


def test_a_leading_00_is_understood_also_where_the_region_dials_otherwise() -> None:
    assert understood("0049 151 23456789", "US") == GERMAN
    assert understood("011 49 151 23456789", "US") == GERMAN


@pytest.mark.parametrize(
    "text",
    [
        "+1 415 555 2671 ext. 42",
        "+1 415 555 2671x42",
        "(415) 555-2671 #42",
        "415-555-2671;ext=42",
        "415 555 2671 EXT 42",
    ],
)
def test_an_extension_is_told_apart(text: str) -> None:
    assert understood(text, "US") == PhoneNumber(1, "4155552671", "42")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", NumberFault.EMPTY),
        ("  - ", NumberFault.EMPTY),
        ("none", NumberFault.LETTERS),
        ("O151 23456789", NumberFault.LETTERS),
        ("0151 2345678l", NumberFault.LETTERS),
        ("1-800-FLOWERS", NumberFault.LETTERS),
        ("Mobile: 0151 23456789", NumberFault.LETTERS),
        ("0151 2345678/9", NumberFault.TWO_NUMBERS),
        ("0151 23456789 / 0170 1234567", NumberFault.UNPARSABLE),
        ("+49 151 23456789 / +49 170 1234567", NumberFault.TWO_NUMBERS),
        ("0151 23456789, 0170 1234567", NumberFault.FOREIGN_SIGNS),
        ("0151 *******", NumberFault.FOREIGN_SIGNS),
        ("12", NumberFault.IMPOSSIBLE),
        ("+49 151 234567890123", NumberFault.IMPOSSIBLE),
        ("+999 123456", NumberFault.UNPARSABLE),
    ],
)
def test_what_cannot_be_one_number_is_refused_with_its_reason(text: str, fault: NumberFault) -> None:
    assert read_number(text, "DE") is fault


def test_a_national_number_without_a_region_is_not_guessed_at() -> None:
    assert read_number("0151 23456789", None) is NumberFault.REGION_UNKNOWN
    assert not is_international("0151 23456789")
    assert is_international("(00 49) 151 23456789")


def test_region_and_type_come_from_the_number_not_from_where_it_was_written() -> None:
    reading = read_number("+44 9098790879", "DE")
    assert isinstance(reading, ReadNumber)
    assert (reading.region, reading.kind) == ("GB", "premium_rate")


@given(st.sampled_from(REGIONS), st.sampled_from([0, 1, 2, 3]))
def test_every_regions_example_number_is_understood_in_every_format(region: str, layout: int) -> None:
    example = phonenumbers.example_number(region)
    assert example is not None
    reading = read_number(phonenumbers.format_number(example, layout), region)
    assert isinstance(reading, ReadNumber)
    assert reading.number.country_code == example.country_code
    assert reading.number.national == phonenumbers.national_significant_number(example)


@given(st.text(max_size=40), st.sampled_from([None, *REGIONS]))
def test_any_text_is_understood_or_refused_and_never_raises(text: str, region: str | None) -> None:
    reading = read_number(text, region)
    assert isinstance(reading, ReadNumber | NumberFault)
    if isinstance(reading, ReadNumber):
        assert reading.number.national.isascii()
        assert reading.number.national.isdigit()


@given(st.text(max_size=40))
def test_no_fault_repeats_what_was_written(text: str) -> None:
    reading = read_number(text, "DE")
    assert not isinstance(reading, NumberFault) or reading in set(NumberFault)
