"""Numbers as people write them are understood or refused with a reason; nothing is guessed."""

import phonenumbers
import pytest
from hypothesis import given, settings
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
        "\n\u202a 0151 23456789 \u202c\n",
        "٠١٥١ ٢٣٤٥٦٧٨٩",
        "𝟎151 23456789",
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
        ("0151 2345\n6789", NumberFault.FOREIGN_SIGNS),
        ("0151 2345\t6789", NumberFault.FOREIGN_SIGNS),
        ("0151 2345\u20286789", NumberFault.FOREIGN_SIGNS),
        ("0151 2345\x006789", NumberFault.FOREIGN_SIGNS),
        ("0151 2345678²", NumberFault.FOREIGN_SIGNS),
        ("0151 2345678⑨", NumberFault.FOREIGN_SIGNS),
        ("0151 2345678❾", NumberFault.FOREIGN_SIGNS),
        ("0151 23456789 x①", NumberFault.FOREIGN_SIGNS),
        ("0151 2345678\ud800", NumberFault.FOREIGN_SIGNS),
        ("1" * 251, NumberFault.UNPARSABLE),
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


@pytest.mark.parametrize(
    ("text", "region"),
    [("4915123456789", "DE"), ("0049 151 23456789", "SG"), ("49 (151) 234-567-89", "DE")],
)
def test_what_may_be_two_numbers_is_refused(text: str, region: str) -> None:
    """Field failure: a number without its + became one of Leer, and a carrier's prefix made a German one Indian."""
    assert read_number(text, region) is NumberFault.TWO_READINGS


@pytest.mark.parametrize(("text", "region"), [("1 415 555 2671", "US"), ("001 1 415 555 2671", "KR")])
def test_a_code_that_can_be_read_in_one_way_only_needs_no_plus(text: str, region: str) -> None:
    assert understood(text, region) == PhoneNumber(1, "4155552671")


def test_a_region_without_a_numbering_plan_is_no_region() -> None:
    for region in ("UK", "de", "AQ", "001", "", "\ud800"):
        assert read_number("0151 23456789", region) is NumberFault.REGION_UNKNOWN
        assert read_number("+49 151 23456789", region) == read_number("+49 151 23456789", None)


def valid_numbers() -> st.SearchStrategy[phonenumbers.PhoneNumber]:
    def drawn(example: phonenumbers.PhoneNumber, tail: str) -> phonenumbers.PhoneNumber:
        national = phonenumbers.national_significant_number(example)[: -len(tail)] + tail
        return phonenumbers.parse(f"+{example.country_code}{national}")

    examples = [
        example
        for region in REGIONS
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
        if (example := phonenumbers.example_number_for_type(region, kind))
    ]
    tails = st.text("0123456789", min_size=3, max_size=3)
    return st.builds(drawn, st.sampled_from(examples), tails).filter(phonenumbers.is_valid_number)


@settings(max_examples=500)
@given(valid_numbers(), st.sampled_from(REGIONS), st.sampled_from(["00", "00 ", "(00)"]))
def test_a_number_with_00_is_never_taken_for_another_one(
    number: phonenumbers.PhoneNumber, region: str, prefix: str
) -> None:
    assert is_itself_or_refused(prefix + e164_digits(number), region, number)


@settings(max_examples=500)
@given(valid_numbers())
def test_a_number_whose_plus_was_left_away_is_never_taken_for_another_one(number: phonenumbers.PhoneNumber) -> None:
    for region in phonenumbers.region_codes_for_country_code(number.country_code or 0):
        assert region not in REGIONS or is_itself_or_refused(e164_digits(number), region, number)


def e164_digits(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


def is_itself_or_refused(text: str, region: str, number: phonenumbers.PhoneNumber) -> bool:
    reading = read_number(text, region)
    itself = PhoneNumber(number.country_code or 0, phonenumbers.national_significant_number(number))
    return reading.number == itself if isinstance(reading, ReadNumber) else reading is NumberFault.TWO_READINGS


anything = st.text(st.characters(categories=None), max_size=40)
phone_like = st.text("0123456789+ -/()x#,²٣\n\u200b\ud800", max_size=40)


@settings(max_examples=500)
@given(anything | phone_like, st.none() | st.sampled_from(REGIONS) | anything)
def test_any_text_in_any_region_is_understood_or_refused_and_never_raises(text: str, region: str | None) -> None:
    reading = read_number(text, region)
    assert isinstance(is_international(text), bool)
    assert isinstance(reading, ReadNumber | NumberFault)
    if isinstance(reading, ReadNumber):
        digits = reading.number.national + reading.number.extension
        assert digits.isascii()
        assert digits.isdigit()


@given(anything | phone_like, anything)
def test_no_fault_repeats_what_was_written(text: str, region: str) -> None:
    reading = read_number(text, region)
    assert not isinstance(reading, NumberFault) or reading in set(NumberFault)


@given(phone_like, st.sampled_from("\n\t\r\v\x00\x85\u2028²₃①"), phone_like)
def test_no_line_break_and_no_small_digit_ever_stands_inside_a_number(before: str, sign: str, after: str) -> None:
    assert isinstance(read_number(f"1{before}{sign}{after}1", "DE"), NumberFault)
