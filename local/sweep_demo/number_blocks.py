"""Phone numbers for 200,000 people: made up, valid in their numbering plans, each given once, and called by nobody.

Each kind of number has a block: the beginning of libphonenumber's own example of it, and all that may follow. In
North America 555 is the exchange of fiction, so each area code has ten thousand numbers of its own.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from local.serving import CannotStartError

# Shares no factor with a power of ten: it leads through a whole block once, and neighbours look unlike each other.
_STRIDE: Final = 7_919
# Area codes of the United States; what is left out is Canadian, or no area's.
_AREAS: Final = (
    *(*range(201, 204), *range(205, 211), *range(212, 220)),
    *(*range(301, 306), *range(307, 311), *range(312, 322)),
)


@dataclass(frozen=True, slots=True)
class NumberBlock:
    """Numbers that begin alike: country code, one beginning or several of the same length, and free digits."""

    country_code: int
    beginnings: tuple[str, ...]
    free_digits: int

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return len(self.beginnings) * self._room

    @property
    def _room(self) -> int:
        return int(10**self.free_digits)

    def number(self, place: int) -> str:
        """Gives the number at a place, in Graph's format. Raises CannotStartError beyond the end."""
        if place >= self.size:
            message = f"There are only {self.size:,} numbers for +{self.country_code}: ask for fewer people."
            raise CannotStartError(message)
        beginning, rest = divmod(place, self._room)
        tail = (rest * _STRIDE + 1_357) % self._room
        return f"+{self.country_code} {self.beginnings[beginning]}{tail:0{self.free_digits}}"


def _block(country_code: int, beginning: str, free_digits: int) -> NumberBlock:
    return NumberBlock(country_code, (beginning,), free_digits)


_NORTH_AMERICA: Final = NumberBlock(1, tuple(f"{area}555" for area in _AREAS), 4)
MOBILE: Final = {
    "DE": _block(49, "15123", 6),
    "US": _NORTH_AMERICA,
    "GB": _block(44, "7400", 6),
    "FR": _block(33, "612", 6),
    "IT": _block(39, "3123", 6),
    "ES": _block(34, "612", 6),
    "NL": _block(31, "612", 6),
    "PL": _block(48, "512", 6),
    "SE": _block(46, "701", 6),
    "AT": _block(43, "664", 6),
    "CH": _block(41, "781", 6),
    "BR": _block(55, "11961", 6),
    "JP": _block(81, "9012", 6),
    "IN": _block(91, "8123", 6),
}
OFFICE: Final = {
    "DE": _block(49, "301", 5),
    "US": _NORTH_AMERICA,
    "GB": _block(44, "12123", 5),
    "FR": _block(33, "1234", 5),
    "IT": _block(39, "02123", 5),
    "ES": _block(34, "8101", 5),
    "NL": _block(31, "1012", 5),
    "PL": _block(48, "1234", 5),
    "SE": _block(46, "81", 5),
    "AT": _block(43, "12345", 5),
    "CH": _block(41, "2123", 5),
    "BR": _block(55, "11234", 5),
    "JP": _block(81, "3123", 5),
    "IN": _block(91, "74104", 5),
}
# What policy minds, each for a reason of its own; the demo's policy.json says which.
OF_BLOCKED_REGION: Final = _block(53, "512", 5)
OF_DEAF_REGION: Final = _block(94, "712", 6)
OF_FRAUD_RANGE: Final = _block(49, "155500", 5)
PAGER: Final = _block(44, "7640", 6)
PREMIUM_RATE: Final = _block(44, "9012", 6)
VOIP: Final = _block(44, "5612", 6)
# A digit short: the plan has no such number.
NO_SUCH_NUMBER: Final = _block(44, "7400", 5)


class NumberBook:
    """Gives out numbers, each once."""

    def __init__(self) -> None:
        self._given: Counter[NumberBlock] = Counter()

    def draw(self, block: NumberBlock) -> str:
        """Gives the block's next number."""
        self._given[block] += 1
        return block.number(self._given[block] - 1)


def all_blocks() -> Iterator[tuple[str, NumberBlock]]:
    """Gives every block of numbers that exist, with a name."""
    yield from ((f"mobile {region}", block) for region, block in MOBILE.items())
    yield from ((f"office {region}", block) for region, block in OFFICE.items())
    yield from (
        ("blocked region", OF_BLOCKED_REGION),
        ("deaf region", OF_DEAF_REGION),
        ("fraud range", OF_FRAUD_RANGE),
        ("pager", PAGER),
        ("premium rate", PREMIUM_RATE),
        ("voip", VOIP),
    )
