"""Takes phone numbers out of free text, such as the reason that a ticket form carries."""

import re
import unicodedata
from collections.abc import Iterable

import phonenumbers

_RUN_OF_DIGITS = re.compile(r"\+?\d(?:[\s().\-/]{0,3}\d){4,}")
# The same number is written with and without its prefixes; its last digits stay.
_TAIL_LENGTH = 7


def redact(text: str, written: Iterable[str], region: str | None = None) -> str:
    """Masks the numbers that a request names, however they are written, and every other valid phone number."""
    text = unicodedata.normalize("NFKC", text)
    tails = {tail for number in written if len(tail := _digits(number)[-_TAIL_LENGTH:]) == _TAIL_LENGTH}
    text = _RUN_OF_DIGITS.sub(lambda run: _masked(run[0]) if _holds(run[0], tails) else run[0], text)
    for match in reversed(list(phonenumbers.PhoneNumberMatcher(text, region))):
        text = text[: match.start] + _masked(match.raw_string) + text[match.end :]
    return text


def _holds(run: str, tails: set[str]) -> bool:
    digits = _digits(run)
    return any(tail in digits for tail in tails)


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdecimal())


def _masked(run: str) -> str:
    tail = re.search(r"(?:\d\D*){2}$", run)
    shown_from = tail.start() if tail else len(run)
    return re.sub(r"\d", "*", run[:shown_from]) + run[shown_from:]
