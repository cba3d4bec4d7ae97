"""The line that a number reaches: what people share when they share a phone."""

from dataclasses import replace

from shared.phone.number import PhoneNumber
from shared.phone.reading import known_number

# Behind these an extension is a phone of its own; behind a mobile number it is the same phone under another name.
_SWITCHBOARDS = frozenset({"fixed_line", "uan"})


def line_of(number: PhoneNumber) -> PhoneNumber:
    """Gives a number without its extension, unless it is surely a switchboard's."""
    known = known_number(number) if number.extension else None
    is_own_phone = not number.extension or (known is not None and known.kind in _SWITCHBOARDS)
    return number if is_own_phone else replace(number, extension="")
