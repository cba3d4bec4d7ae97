"""Free text loses the numbers that stand in it: P13, no clear phone number outside the message body and Graph."""

import re
import unicodedata

import phonenumbers
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from shared.phone.plain_digits import plain_digits
from shared.phone.redaction import redact

OWN = "+49 151 23456789"


def digits_in(text: str) -> str:
    return "".join(str(unicodedata.digit(sign)) for sign in text if unicodedata.digit(sign, None) is not None)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("new phone 0151 23456789", "new phone **** ******89"),
        ("new: +49 (151) 234-567-89, thanks", "new: +** (***) ***-***-89, thanks"),
        ("０１５１２３４５６７８９", "**********89"),
        ("TEL-015123456789", "TEL-**********89"),
        ("INC23456789", "INC******89"),
        ("0151x2345y6789", "****x****y**89"),
        ("day 2345-67-89", "day ****-**-89"),
    ],
)
def test_the_requests_own_number_is_masked_in_every_guise(text: str, clean: str) -> None:
    assert redact(text, [OWN]) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("call +44 9098 790 879", "call +** **** *** *79"),
        ("0151·2345·6789", "****·****·**89"),
        ("0151,2345,6789", "****,****,**89"),
        ("0151      2345      6789", "****      ****      **89"),
        ("090ー1234ー5678", "***ー****ー**78"),
        ("0151\n2345\t678", "****\n****\t*78"),
        ("0151²³⁴⁵", "******45"),
        ("mobile0151234567", "mobile********67"),
        ("TEL0151234567", "TEL********67"),
        ("DE-015123456789", "DE-**********89"),
        ("REQ_015123456789", "REQ_**********89"),
        ("INC0151-2345678", "INC****-*****78"),
        ("+49 2015-12-11", "+** ****-**-11"),
        ("0151-2015-12-11", "****-****-**-11"),
        ("2015-13-11 3", "****-**-*1 3"),
        ("415 555 2671 ext. 42", "*** *** **** ext. 42"),
        ("(01) 1234567 Anexo 4711", "(**) ******* Anexo **11"),
    ],
)
def test_seven_digits_with_anything_but_letters_between_are_masked_without_a_region(text: str, clean: str) -> None:
    """Field failure: numbers of other people got through wherever libphonenumber's matcher did not look."""
    assert redact(text, []) == clean


@pytest.mark.parametrize(
    "text",
    [
        "INC0012345",
        "CHG-0012345678",
        "REQ_123",
        "SR0012345",
        "HR-2026-000123",
        "form 2026-11-23/17",
        "2026-11-23 09:30:15.123+01:00",
        "2026-11-23T09:30:15Z",
        "from 2026-11-23 to 2026-11-30, room 101",
        "Form 17, first version",
        "ticket 123456",
    ],
)
def test_what_is_plainly_no_phone_number_stays_legible(text: str) -> None:
    assert redact(text, [OWN], "DE") == text


def test_a_ticket_number_and_a_date_stay_beside_a_number() -> None:
    assert redact("INC0012345, 0151 23456789", []) == "INC0012345, **** ******89"
    assert redact("2026-11-23: 0151 23456789", []) == "2026-11-23: **** ******89"


def test_a_number_shorter_than_others_is_masked_where_it_is_the_requests_own_or_its_regions_length() -> None:
    assert redact("now 312 345", ["+376 312345"]) == "now *** *45"
    assert redact("now 312 345", ["0312345"]) == "now *** *45"
    assert redact("now 312 345", [], "AD") == "now *** *45"
    assert redact("now 312 345", []) == "now 312 345"
    assert redact("REQ_123", ["123"]) == "REQ_*23"


def test_an_extension_is_not_taken_for_the_numbers_end() -> None:
    """Field failure: the tail was computed with the extension, and the number without it got through."""
    assert digits_in(redact("INC23456789", ["0151 23456789 ext. 4711"])) == "89"
    assert redact("0151 23456789 Durchwahl 4711", ["+49 151 23456789 x4711"]) == "**** ******** Durchwahl **11"


EXAMPLES = [
    number
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in PhoneNumberType.values()
    if (number := phonenumbers.example_number_for_type(region, kind))
]
LAYOUTS = [
    PhoneNumberFormat.E164,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
]
separators = st.sampled_from(
    ["", "", " ", "-", ".", "/", ",", "·", "    ", " - ", ") (", "\n", "\u200b", "ー", "*", "🙂"]
)
extensions = st.sampled_from(["", "", "12", "4711"])


def written_anyhow(data: st.DataObject, number: phonenumbers.PhoneNumber) -> str:
    copy = phonenumbers.PhoneNumber()
    copy.merge_from(number)
    copy.extension = data.draw(extensions) or None
    text = phonenumbers.format_number(copy, data.draw(st.sampled_from(LAYOUTS)))
    if data.draw(st.booleans()):
        text = text.translate({ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"})
    return re.sub(r"\d(?=\d)", lambda digit: digit[0] + data.draw(separators), text)


@settings(max_examples=600)
@given(st.data(), st.sampled_from(EXAMPLES))
def test_of_every_countrys_numbers_in_every_format_no_more_than_two_digits_stay(
    data: st.DataObject, number: phonenumbers.PhoneNumber
) -> None:
    text = f"the new one is {written_anyhow(data, number)} now"
    assume(not plain_digits(unicodedata.normalize("NFKC", text)))
    short = len(digits_in(text)) < 7
    own = [phonenumbers.format_number(number, PhoneNumberFormat.E164)] if short else []
    assert len(digits_in(redact(text, own))) <= 2


@settings(max_examples=600)
@given(
    st.data(), st.sampled_from(EXAMPLES), st.sampled_from(["INC", "TEL ", "x", "No. ", "REQ_", "CHG-", "mobil", "("])
)
def test_of_the_requests_own_number_no_more_than_two_digits_stay_whatever_stands_before_it(
    data: st.DataObject, number: phonenumbers.PhoneNumber, prefix: str
) -> None:
    own = phonenumbers.format_number(number, data.draw(st.sampled_from(LAYOUTS)))
    assume(len(digits_in(own)) > 2)
    clean = redact(f"see {prefix}{written_anyhow(data, number)} or ask", [own], region_of(number))
    assert len(digits_in(clean)) <= 2


def region_of(number: phonenumbers.PhoneNumber) -> str | None:
    return phonenumbers.region_code_for_country_code(number.country_code or 0)


mixed = st.text("0123456789+-/. xXeTZINCreq_:²٣\n\ud800*", max_size=60)
anything = st.text(st.characters(), max_size=60) | mixed


@settings(max_examples=500)
@given(anything, st.lists(anything, max_size=2), st.none() | st.sampled_from(["DE", "AD", "US", "UK"]) | anything)
@example("34567 a 0151 23456789", ["0151 23456789"], None)
def test_any_text_is_redacted_and_redacting_it_again_changes_nothing(
    text: str, written: list[str], region: str | None
) -> None:
    clean = redact(text, written, region)
    assert redact(clean, written, region) == clean


@given(mixed, mixed)
def test_nothing_but_digits_is_ever_masked(text: str, written: str) -> None:
    before, after = unicodedata.normalize("NFKC", text), redact(text, [written])
    assert [sign for sign, kept in zip(before, after, strict=True) if sign != kept and not sign.isdecimal()] == []
