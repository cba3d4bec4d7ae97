"""Numbers for the demo's people: valid in their country's numbering plan, drawn from a seed, called by nobody."""

import random
from collections.abc import Callable

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_FIXED = {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_DRAWN_DIGITS = 5
REGIONS_WITH_MOBILES = frozenset(
    region
    for region in phonenumbers.SUPPORTED_REGIONS
    if phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
)


def mobile_number(region: str, draw: random.Random) -> PhoneNumber:
    """Draws a mobile number of a region."""
    return _drawn(region, PhoneNumberType.MOBILE, _MOBILE, draw)


def fixed_line_number(region: str, draw: random.Random) -> PhoneNumber:
    """Draws a fixed-line number of a region."""
    return _drawn(region, PhoneNumberType.FIXED_LINE, _FIXED, draw)


def premium_rate_number(region: str) -> PhoneNumber:
    """Gives libphonenumber's own example of a premium-rate number."""
    return _example(region, PhoneNumberType.PREMIUM_RATE)


def voip_number(region: str) -> PhoneNumber:
    """Gives libphonenumber's own example of a VoIP number."""
    return _example(region, PhoneNumberType.VOIP)


def in_graphs_format(number: PhoneNumber) -> str:
    """Gives `+<country code> <national number>`."""
    return f"+{number.country_code} {phonenumbers.national_significant_number(number)}"


def _example(region: str, kind: int) -> PhoneNumber:
    example = phonenumbers.example_number_for_type(region, kind)
    assert example is not None  # noqa: S101 - callers name regions that have such numbers
    return example


def _drawn(region: str, kind: int, kinds: set[int], draw: random.Random) -> PhoneNumber:
    example = _example(region, kind)
    digits = phonenumbers.national_significant_number(example)
    while True:
        tail = "".join(draw.choice("0123456789") for _ in range(_DRAWN_DIGITS))
        number = phonenumbers.parse(f"+{example.country_code}{digits[:-_DRAWN_DIGITS]}{tail}")
        at_home = phonenumbers.region_code_for_number(number) == region
        if phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in kinds and at_home:
            return number


def _formatted(layout: int) -> Callable[[PhoneNumber], str]:
    return lambda number: phonenumbers.format_number(number, layout)


_national = _formatted(PhoneNumberFormat.NATIONAL)
_international = _formatted(PhoneNumberFormat.INTERNATIONAL)
_e164 = _formatted(PhoneNumberFormat.E164)


def _full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if sign in "0123456789+" else sign for sign in text)


def _with_trunk_zero(number: PhoneNumber) -> str:
    """Writes the trunk zero in brackets behind the country code, where the country dials one."""
    prefix, national = f"+{number.country_code}", _national(number)
    return f"{prefix} (0){national[1:]}" if national.startswith("0") else _international(number)


# How people write one and the same number.
STYLES: tuple[Callable[[PhoneNumber], str], ...] = (
    _national,
    _international,
    lambda number: _national(number).replace(" ", ""),
    lambda number: _international(number).replace("+", "00", 1),
    lambda number: _full_width(_national(number)),
    _e164,
    lambda number: _national(number).replace(" ", "-"),
    _with_trunk_zero,
    lambda number: _international(number).replace(" ", "\u00a0"),
    lambda number: _international(number).replace(" ", ".").replace("-", "."),
    lambda number: f" {_national(number)}  ",
    lambda number: phonenumbers.format_number(number, PhoneNumberFormat.RFC3966),
    lambda number: f"\u202a{_international(number)}\u202c",
    lambda number: _full_width(_e164(number)),
)
