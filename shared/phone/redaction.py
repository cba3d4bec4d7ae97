"""Takes phone numbers out of free text, such as the reason that a ticket form carries.

Safety before beauty: digits are masked unless they are plainly something else. `plain_digits` says what that is.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

import phonenumbers

from shared.phone.number import VISIBLE_DIGITS
from shared.phone.plain_digits import plain_digits
from shared.phone.reading import plain, readings, without_extension

# A telephone number has rarely fewer digits, a ticket's or a form's number that is no more than a number rarely more.
_FEWEST_DIGITS = 7
# The same number is written with and without its prefixes; its last digits stay.
_TAIL_LENGTH = 7
# Letters that belong to a number: libphonenumber's words for an extension, and some more.
_EXTENSION_SIGN = re.compile(
    r"(?<![^\W\d_])(?:x|ext|extn|extension|extensión|anexo|interno|int|ramal|poste|durchwahl|dw|доб)(?![^\W\d_])",
    re.IGNORECASE,
)
# Modifier letters are none here: Japanese numbers are written with U+30FC for a dash.
_LETTERS = {"Lu", "Ll", "Lt", "Lo"}


def redact(text: str, written: Iterable[str], region: str | None = None) -> str:
    """Masks the numbers that a request names, however they are written, and whatever else may be a phone number.

    Of each at most two digits stay. `written` are the request's own numbers and `region` is where national ones belong.
    What is masked already stays as it is.
    """
    text = unicodedata.normalize("NFKC", text)
    own = {digits for number in written for digits in _guises(number, region) if len(digits) > VISIBLE_DIGITS}
    fewest = _fewest_digits(region)
    # What one pass leaves may meet and make up a number again.
    while hidden := _hidden(text, own, fewest):
        text = "".join("*" if place in hidden else sign for place, sign in enumerate(text))
    return text


def _fewest_digits(region: str | None) -> int:
    """Seven, or fewer where the region's own mobile numbers are shorter, as in Andorra."""
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE) if region else None
    own = len(phonenumbers.national_significant_number(example)) if example else _FEWEST_DIGITS
    return min(_FEWEST_DIGITS, own)


def _guises(written: str, region: str | None) -> Iterator[str]:
    """Gives the digits that tell a number, whole and at its end; those of an extension may follow or not."""
    main, extension = without_extension(plain(written))
    nationals = [phonenumbers.national_significant_number(number) for number in readings(main, region)]
    for digits in (_digits_of(main), *nationals):
        for guise in (digits.lstrip("0"), digits.lstrip("0") + extension):
            yield from (guise, guise[-_TAIL_LENGTH:])


def _hidden(text: str, own: set[str], fewest: int) -> set[int]:
    """Gives the places of the digits that must not be seen."""
    groups = _groups(text)
    long = [places for (is_plain, _), places in groups.items() if not is_plain and len(places) >= fewest]
    hidden = {place for places in long for place in places[:-VISIBLE_DIGITS]}
    for match in _matches(text, own):
        touched = [place for places in groups.values() if not match.isdisjoint(places) for place in places]
        hidden.update(touched[:-VISIBLE_DIGITS])
    return hidden


def _groups(text: str) -> dict[tuple[bool, int], list[int]]:
    """Gives the digits' places by what they belong to: something plain, or else everything up to the next letter."""
    plainly = plain_digits(text)
    groups: dict[tuple[bool, int], list[int]] = defaultdict(list)
    for run, place in _runs(text):
        groups[(True, plainly[place]) if place in plainly else (False, run)].append(place)
    return groups


def _matches(text: str, own: set[str]) -> Iterator[set[int]]:
    """Gives the places of the own numbers. Letters between the digits part only what is as short as any figure."""
    found = list(_runs(text))
    digits = "".join(str(unicodedata.digit(text[place])) for _, place in found)
    for number in own:
        for match in re.finditer(f"(?={number})", digits):
            part = found[match.start() : match.start() + len(number)]
            if len(number) >= _TAIL_LENGTH or part[0][0] == part[-1][0]:
                yield {place for _, place in part}


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Gives every digit's place with the count of the runs before it: letters part them, nothing else does."""
    run, end = 0, 0
    for place, sign in enumerate(text):
        if unicodedata.digit(sign, None) is not None:
            run, end = run + _has_letters(text[end:place]), place + 1
            yield run, place


def _has_letters(between: str) -> bool:
    return any(unicodedata.category(sign) in _LETTERS for sign in _EXTENSION_SIGN.sub("", between))


def _digits_of(text: str) -> str:
    return "".join(str(unicodedata.digit(sign)) for sign in text if unicodedata.digit(sign, None) is not None)
