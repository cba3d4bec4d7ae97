"""Names for 200,000 people: some hundred given names and surnames of each country, combined."""

import random
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Self

from faker import Faker

from local.demo.countries import COUNTRIES

_DRAWN = 400
_FOLDED = str.maketrans({"ø": "o", "Ø": "O", "ß": "ss", "ł": "l", "Ł": "L", "đ": "d", "æ": "ae", "Æ": "Ae"})

type Part = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FullName:
    """A name, and what the person signs in with before the @."""

    shown: str
    login: str


@dataclass(slots=True)
class NameBook:
    """Gives names by region; logins are given once."""

    _given: dict[str, list[Part]]
    _surnames: dict[str, list[Part]]
    _logins: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, seed: int) -> Self:
        """Draws the names that are combined; the same seed gives the same ones."""
        given: dict[str, list[Part]] = {}
        surnames: dict[str, list[Part]] = {}
        for country in COUNTRIES:
            faker = Faker(country.locale)
            faker.seed_instance(seed)
            romanized = hasattr(faker, "first_romanized_name")
            first, last = (
                (faker.first_romanized_name, faker.last_romanized_name)
                if romanized
                else (faker.first_name, faker.last_name)
            )
            given[country.region] = _parts({first() for _ in range(_DRAWN)})
            surnames[country.region] = _parts({last() for _ in range(_DRAWN)})
        return cls(given, surnames)

    def draw(self, region: str, draw: random.Random) -> FullName:
        """Gives the next person's name."""
        given, plain_given = draw.choice(self._given[region])
        surname, plain_surname = draw.choice(self._surnames[region])
        login = f"{plain_given}.{plain_surname}"
        self._logins[login] += 1
        number = self._logins[login]
        return FullName(f"{given} {surname}", login if number == 1 else f"{login}{number}")


def _parts(names: set[str]) -> list[Part]:
    parts = ((name, _plain(name)) for name in sorted(names))
    # A login ends in a figure only where it is the second of its name.
    return [(name, plain) for name, plain in parts if plain]


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.lower().translate(_FOLDED)).encode("ascii", "ignore").decode()
    return "".join(sign for sign in folded if sign.isalpha())
