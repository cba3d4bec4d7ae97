"""Reads a phone number as people write it, and refuses to guess.

libphonenumber is generous: it turns letters into digits (`1-800-FLOWERS`), drops a leading `O` that was meant as
a zero, takes `0151 2345678/9` for one number, and makes a Leer number of `4915123456789`. Here such a text is refused
with a reason instead.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberType

from shared.phone.number import PhoneNumber

_INVISIBLE = "Cf"  # direction marks and zero-width characters: pasted along, never meant
_BREAKS = {"Cc", "Zl", "Zp"}  # line breaks and tabs stand between two things, not inside one number
_DIGIT = "Nd"
_LONGEST = 250  # libphonenumber's own limit
_EXTENSION = re.compile(r"\s*(?:;\s*ext=|,?\s*(?:ext(?:ension|n)?\.?:?|x|#))\s*([0-9]{1,7})$", re.IGNORECASE)
_TEL_URI = re.compile(r"^\s*tel:", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_FOREIGN_SIGN = re.compile(r"[^\d\s+().\-/\u2010-\u2015\u2212]")
# "0151/2345678" has the slash after the area code; "2345678/9" stands for two numbers.
_TWO_NUMBERS = re.compile(r"/\D*(?:\d\D*){0,4}$|/.*/")
_E164 = phonenumbers.PhoneNumberFormat.E164
_INTERNATIONAL = re.compile(r"^\D*(?:\+|00)")


class NumberFault(StrEnum):
    """Why a text cannot be read as one phone number, in words for people."""

    EMPTY = "it is empty"
    LETTERS = "it contains letters"
    FOREIGN_SIGNS = "it contains characters that do not belong into a phone number"
    TWO_NUMBERS = "it reads like two numbers"
    TWO_READINGS = "it can be read as two different numbers; write it with + and country code"
    REGION_UNKNOWN = "it has no country code and no region is known for the user"
    UNPARSABLE = "it cannot be read as a phone number"
    IMPOSSIBLE = "no such number exists in its country's numbering plan"


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number that was understood, with what libphonenumber knows of it.

    `region` is ISO 3166 alpha-2, or `001` for numbers of no country; `kind` is libphonenumber's type in lower case.
    """

    number: PhoneNumber
    region: str
    kind: str


def is_international(text: str) -> bool:
    """Says whether a text names its country itself (`+49 ...` or `0049 ...`), so that no region is needed."""
    return bool(_INTERNATIONAL.match(plain(text)))


def read_number(text: str, region: str | None) -> ReadNumber | NumberFault:
    """Reads a number as people write it; `region` is where a national number belongs (ISO 3166 alpha-2)."""
    if fault := _fault_of_signs(_visible(text)):
        return fault
    main, extension = without_extension(plain(text))
    if fault := _fault_of(main):
        return fault
    parsed = _the_one_reading(main, region)
    if isinstance(parsed, NumberFault):
        return parsed
    number = PhoneNumber(parsed.country_code or 0, phonenumbers.national_significant_number(parsed), extension)
    return _described(number, parsed)


def known_number(number: PhoneNumber) -> ReadNumber | None:
    """Gives what libphonenumber knows of a number that stands in the directory; None where no such number exists."""
    try:
        parsed = phonenumbers.parse(f"+{number.country_code}{number.national}")
    except phonenumbers.NumberParseException:
        return None
    return _described(number, parsed) if phonenumbers.is_valid_number(parsed) else None


def plain(text: str) -> str:
    """Folds full-width and other compatibility forms, writes all digits as 0 to 9, and drops what cannot be seen."""
    folded = unicodedata.normalize("NFKC", _visible(text))
    return _TEL_URI.sub("", "".join(str(unicodedata.decimal(sign, sign)) for sign in folded))


def without_extension(text: str) -> tuple[str, str]:
    """Parts a plain text into the number and the digits of its extension."""
    found = _EXTENSION.search(text)
    return (text[: found.start()], found[1]) if found else (text, "")


def readings(text: str, region: str | None) -> Iterator[phonenumbers.PhoneNumber]:
    """Gives every number that a plain text may stand for, valid or not.

    A leading 00 means + for most of the world, but 001 dials out of Korea and 004 is a carrier in Singapore; and people
    leave the + away before their own country's code.
    """
    known = region if region in phonenumbers.SUPPORTED_REGIONS else None
    for attempt in (text, *_with_plus(text, known)):
        try:
            yield phonenumbers.parse(attempt, known)
        except phonenumbers.NumberParseException:
            continue


def _described(number: PhoneNumber, parsed: phonenumbers.PhoneNumber) -> ReadNumber:
    home = phonenumbers.region_code_for_number(parsed) or "001"
    return ReadNumber(number, home, PhoneNumberType.to_string(phonenumbers.number_type(parsed)).lower())


def _with_plus(text: str, region: str | None) -> Iterator[str]:
    digits = re.sub(r"\D", "", text)
    if "+" in text:
        return
    if digits.startswith("00"):
        yield f"+{digits[2:]}"
    elif region and digits.startswith(str(phonenumbers.country_code_for_region(region))):
        yield f"+{digits}"


def _visible(text: str) -> str:
    return "".join(sign for sign in text if unicodedata.category(sign) != _INVISIBLE).strip()


def _fault_of_signs(text: str) -> NumberFault | None:
    """Refuses what folding would hide: a line break between two numbers, or a footnote's superscript digit."""
    if len(text) > _LONGEST:
        return NumberFault.UNPARSABLE
    return NumberFault.FOREIGN_SIGNS if any(map(_is_out_of_place, text)) else None


def _is_out_of_place(sign: str) -> bool:
    category = unicodedata.category(sign)
    like_a_digit = any(unicodedata.digit(part, None) is not None for part in unicodedata.normalize("NFKC", sign))
    return category in _BREAKS or (like_a_digit and category != _DIGIT)


def _fault_of(text: str) -> NumberFault | None:
    if not re.search(r"\d", text):
        return NumberFault.LETTERS if _LETTER.search(text) else NumberFault.EMPTY
    if _LETTER.search(text):
        return NumberFault.LETTERS
    if text.count("+") > 1 or _TWO_NUMBERS.search(text):
        return NumberFault.TWO_NUMBERS
    return NumberFault.FOREIGN_SIGNS if _FOREIGN_SIGN.search(text) else None


def _the_one_reading(text: str, region: str | None) -> phonenumbers.PhoneNumber | NumberFault:
    if not is_international(text) and region not in phonenumbers.SUPPORTED_REGIONS:
        return NumberFault.REGION_UNKNOWN
    found = list(readings(text, region))
    valid = {phonenumbers.format_number(one, _E164): one for one in found if phonenumbers.is_valid_number(one)}
    if len(valid) > 1:
        return NumberFault.TWO_READINGS
    if not valid:
        return NumberFault.IMPOSSIBLE if found else NumberFault.UNPARSABLE
    return next(iter(valid.values()))
