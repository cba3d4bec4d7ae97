"""A phone number that masks itself wherever it is shown."""

import re
from dataclasses import dataclass
from typing import Self

import phonenumbers

from shared.keyed_hash import keyed_hash

# Enough to recognise one's own number, too little to call it.
VISIBLE_DIGITS = 2
_SEPARATORS = re.compile(r"[\s().\-]")
_STORED = re.compile(r"(?P<main>\+\d+)(?:[xX](?P<extension>\d+))?", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class PhoneNumber:
    """One number: country calling code, national significant number and extension, digits only.

    It masks itself in `str`, `repr` and format. Only `in_clear` gives the digits away.
    """

    country_code: int
    national: str
    extension: str = ""

    @classmethod
    def from_graph(cls, text: str) -> Self | None:
        """Reads a number as Graph returns it (`+49 15123456789x12`); None where it is not a phone number.

        Separators are ignored, because Graph, the portal and older scripts do not agree on them. A masked number,
        which Graph shows to lesser roles, is none.
        """
        found = _STORED.fullmatch(_SEPARATORS.sub("", text))
        try:
            parsed = phonenumbers.parse(found["main"]) if found else None
        except phonenumbers.NumberParseException:
            return None
        if found is None or parsed is None:
            return None
        national = phonenumbers.national_significant_number(parsed)
        return cls(parsed.country_code or 0, national, found["extension"] or "")

    def in_clear(self) -> str:
        """Gives the number in Graph's format: `+<country code> <national number>[x<extension>]`.

        Exactly one space stands after the country code: numbers without it were invisible to the Graph API
        (https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod).
        """
        extension = f"x{self.extension}" if self.extension else ""
        return f"+{self.country_code} {self.national}{extension}"

    def masked(self) -> str:
        """Gives what people and logs may see: `+49 *********89`."""
        hidden = "*" * max(len(self.national) - VISIBLE_DIGITS, 0)
        extension = "x" + "*" * len(self.extension) if self.extension else ""
        return f"+{self.country_code} {hidden}{self.national[-VISIBLE_DIGITS:]}{extension}"

    def is_written_as_graph_documents(self, text: str) -> bool:
        """Says whether a text is this number in Graph's format, to the last blank."""
        return text == self.in_clear()

    def begins_with(self, prefix: str) -> bool:
        """Says whether the number begins like `prefix` (E.164, with its plus sign)."""
        return f"+{self.country_code}{self.national}".startswith(prefix)

    def keyed_hash(self, key: bytes) -> str:
        """Gives HMAC-SHA256 of the number in hex: equal numbers match, and nobody without the key can try them all."""
        return keyed_hash(self.in_clear().encode(), key)

    def __str__(self) -> str:
        return self.masked()

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked()})"
