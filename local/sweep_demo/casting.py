"""Who is of which kind: the rare ones first, each at least once; everyone else by the habits of their department."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from local.sweep_demo import kinds, rare_kinds
from local.sweep_demo.departments import Department
from local.sweep_demo.kinds import Kind

# Shares of everyone, in hundredths, before a department's habit; what is left is safe.
_PHONE_ONLY: Final = 10.0
_JOINED: Final = 6.0
_WEAK: Final = 6.0
_EMPTY: Final = 3.0
_GONE: Final = 6.0
_GUESTS: Final = 5.0
_SHARED_OF_10_000: Final = 40
# People who share a number are as many as this, in turn.
_SHARING: Final = (2, 3, 2, 5, 4)


@dataclass(frozen=True, slots=True)
class Part:
    """What one person plays: their kind, and the group of those who share a number with them (0: nobody)."""

    kind: Kind
    shares: int = 0


class Casting:
    """Gives everyone a part."""

    def __init__(self, people: int, draw: random.Random) -> None:
        self._draw = draw
        self._rare = _rare(people, draw)
        self._common: dict[Department, tuple[list[Part], list[float]]] = {}

    def part(self, position: int, department: Department) -> Part:
        """Gives the part of the person at a position."""
        if (rare := self._rare.get(position)) is not None:
            return rare
        if department not in self._common:
            self._common[department] = _common(department)
        parts, weights = self._common[department]
        return self._draw.choices(parts, cum_weights=weights)[0]


def _rare(people: int, draw: random.Random) -> Mapping[int, Part]:
    """Gives the rare parts their places; the first person leads the company, and is none of them."""
    parts = list(_rare_parts(people))
    return dict(zip(draw.sample(range(1, people), len(parts)), parts, strict=True))


def _rare_parts(people: int) -> Iterator[Part]:
    for kind, of_10_000 in rare_kinds.RARE:
        for _ in range(max(1, people * of_10_000 // 10_000)):
            yield Part(kind)
    wanted, group = max(sum(_SHARING[:2]), people * _SHARED_OF_10_000 // 10_000), 0
    while wanted > 0:
        group += 1
        size = _SHARING[(group - 1) % len(_SHARING)]
        yield from [Part(rare_kinds.SHARED, group)] * size
        wanted -= size


def _common(department: Department) -> tuple[list[Part], list[float]]:
    """Gives the kinds that a department's people are of, with running sums of their weights."""
    on_phone = _PHONE_ONLY * department.phone_habit
    shares = (
        (kinds.PHONE_ONLY, on_phone),
        (((kinds.JOINED, 1),), _JOINED * department.phone_habit),
        (kinds.WEAK, _WEAK),
        (kinds.EMPTY, _EMPTY),
        (kinds.GONE, _GONE),
        (kinds.GUESTS, _GUESTS),
    )
    rest = 100 - sum(share for _, share in shares)
    parts, sums = list[Part](), list[float]()
    for group, share in (*shares, (kinds.SAFE, rest)):
        whole = sum(weight for _, weight in group)
        for kind, weight in group:
            parts.append(Part(kind))
            sums.append((sums[-1] if sums else 0) + share * weight / whole)
    return parts, sums
