"""Knows digits in free text that are plainly no phone number: dates, and ticket numbers behind their letters."""

import re
from collections.abc import Iterator
from datetime import date

import phonenumbers

from shared.phone.reading import NumberFault, ReadNumber, read_number

_DATE = re.compile(
    r"(?<![\w+])(?P<day>(?:19|20)\d\d-\d\d-\d\d)"
    r"(?:[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,6})?)?(?:[Zz]|[+-]\d\d:?\d\d)?)?(?!\d)",
    re.ASCII,
)
_LOOK_BACK = 20
# What stands before a date that is a part of something longer.
_JOINED = re.compile(r"(?:\d[-./_)]|\+[\d\s().\-/]*)$")
# INC0012345, CHG-0012345678, HR-2026-000123. Fewer digits need no exception, and small letters are a word's.
_TICKET = re.compile(
    r"(?<!\w)(?P<prefix>[A-Z]{2,10})(?:[-_]?(?P<digits>[0-9]{5,10})|[-_](?:19|20)[0-9]{2}[-_][0-9]{1,8})"
    r"(?![-./_]?\d)"
)
# What people write in front of a number.
_PHONE_WORDS = frozenset(
    (
        "ALT",
        "CALL",
        "CELL",
        "CELLULAR",
        "CELULAR",
        "FAX",
        "GSM",
        "HANDY",
        "MFA",
        "MOB",
        "MOBIL",
        "MOBILE",
        "MOVIL",
        "NEU",
        "NEW",
        "NO",
        "NR",
        "NUM",
        "NUMBER",
        "NUMMER",
        "OLD",
        "PH",
        "PHONE",
        "PORTABLE",
        "SMS",
        "TEL",
        "TELEFON",
        "TELEFONO",
        "TELEPHONE",
        "VOICE",
        "WHATSAPP",
    )
)


def plain_digits(text: str) -> dict[int, int]:
    """Gives the places of digits that are plainly no phone number, each with the start of what it belongs to."""
    spans = (match.span() for match in (*_dates(text), *_tickets(text)))
    return {place: start for start, end in spans for place in range(start, end)}


def _dates(text: str) -> Iterator[re.Match[str]]:
    for match in _DATE.finditer(text):
        if _is_date(match["day"]) and not _JOINED.search(text, max(0, match.start() - _LOOK_BACK), match.start()):
            yield match


def _tickets(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _TICKET.finditer(text) if not _is_phone(match["prefix"], match["digits"] or ""))


def _is_date(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _is_phone(prefix: str, digits: str) -> bool:
    """Says whether a prefix announces a phone number: `TEL0151...`, or a region's code before a number of its own."""
    if prefix in _PHONE_WORDS:
        return True
    of_region = prefix in phonenumbers.SUPPORTED_REGIONS
    reading = read_number(digits, prefix) if of_region else None
    return isinstance(reading, ReadNumber) or reading is NumberFault.TWO_READINGS
