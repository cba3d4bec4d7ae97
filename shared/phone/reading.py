"""Reads a phone number as people write it, and refuses to guess.

libphonenumber is generous: it turns letters into digits (`1-800-FLOWERS`), drops a leading `O` that was meant as
a zero, and takes `0151 2345678/9` for one number. Here such a text is refused with a reason instead.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberType

from shared.phone.number import PhoneNumber

_INVISIBLE = {"Cf", "Cc"}  # direction marks, zero-width characters, tabs: pasted along, never meant
_EXTENSION = re.compile(r"\s*(?:;\s*ext=|,?\s*(?:ext(?:ension|n)?\.?:?|x|#))\s*(\d{1,7})$", re.IGNORECASE)
_TEL_URI = re.compile(r"^\s*tel:", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_FOREIGN_SIGN = re.compile(r"[^\d\s+().\-/\u2010-\u2015\u2212]")
# "0151/2345678" has the slash after the area code; "2345678/9" stands for two numbers.
_TWO_NUMBERS = re.compile(r"/\D*(?:\d\D*){0,4}$|/.*/")
_INTERNATIONAL = re.compile(r"^\D*(?:\+|00)")


class NumberFault(StrEnum):
    """Why a text cannot be read as one phone number, in words for people."""

    EMPTY = "it is empty"
    LETTERS = "it contains letters"
    FOREIGN_SIGNS = "it contains characters that do not belong into a phone number"
    TWO_NUMBERS = "it reads like two numbers"
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
    return bool(_INTERNATIONAL.match(_plain(text)))


def read_number(text: str, region: str | None) -> ReadNumber | NumberFault:
    """Reads a number as people write it; `region` is where a national number belongs (ISO 3166 alpha-2)."""
    main, extension = _without_extension(_TEL_URI.sub("", _plain(text)))
    if fault := _fault_of(main):
        return fault
    parsed = _parse(main, region)
    if isinstance(parsed, NumberFault):
        return parsed
    number = PhoneNumber(parsed.country_code or 0, phonenumbers.national_significant_number(parsed), extension)
    home = phonenumbers.region_code_for_number(parsed) or "001"
    return ReadNumber(number, home, PhoneNumberType.to_string(phonenumbers.number_type(parsed)).lower())


def _plain(text: str) -> str:
    """Folds full-width and other compatibility forms and drops what cannot be seen."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in folded if unicodedata.category(sign) not in _INVISIBLE).strip()


def _without_extension(text: str) -> tuple[str, str]:
    found = _EXTENSION.search(text)
    return (text[: found.start()], found[1]) if found else (text, "")


def _fault_of(text: str) -> NumberFault | None:
    if not re.search(r"\d", text):
        return NumberFault.LETTERS if _LETTER.search(text) else NumberFault.EMPTY
    if _LETTER.search(text):
        return NumberFault.LETTERS
    if text.count("+") > 1 or _TWO_NUMBERS.search(text):
        return NumberFault.TWO_NUMBERS
    return NumberFault.FOREIGN_SIGNS if _FOREIGN_SIGN.search(text) else None


def _parse(text: str, region: str | None) -> phonenumbers.PhoneNumber | NumberFault:
    """Parses with the region first; a leading 00 is then tried as +, also where the region dials 011 or 810."""
    if not is_international(text) and region is None:
        return NumberFault.REGION_UNKNOWN
    fault = NumberFault.UNPARSABLE
    for attempt in (text, re.sub(r"^\D*00", "+", text)):
        try:
            parsed = phonenumbers.parse(attempt, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            return parsed
        fault = NumberFault.IMPOSSIBLE
    return fault
