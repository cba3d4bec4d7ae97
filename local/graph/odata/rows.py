"""A long list whose rows are only made for the page that shows them, and that may be looked up instead of walked."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]


def _always(_: object) -> bool:
    return True


@dataclass(frozen=True)
class Rows[T]:
    """Things in an order that does not change, each at its position, and how to make rows of them.

    `row` is what filters and sorting look at, `whole` what the page shows where that is more. A thing that is not
    `listed` is passed over. `positions` tells, for properties that never change, where a lower-cased value stands.
    """

    things: Sequence[T]
    row: Callable[[T], Row]
    whole: Callable[[T], Row] | None = None
    listed: Callable[[T], bool] = _always
    positions: Mapping[str, Callable[[str], Sequence[int]]] = field(default_factory=dict)

    def candidates(self, narrowed: Mapping[str, frozenset[str]]) -> Iterable[int]:
        """Returns where rows may stand that have one of the values, by the first property that can be looked up."""
        name = next((name for name in narrowed if name in self.positions), None)
        if name is None:
            return range(len(self.things))
        return sorted({position for value in narrowed[name] for position in self.positions[name](value)})

    def matching(
        self, positions: Iterable[int], first: int, matches: Callable[[Row], bool] | None
    ) -> Iterator[tuple[int, T]]:
        """Walks what is listed and matches, from a position on."""
        if isinstance(positions, range):
            positions = positions[first:]
        for position in positions:
            thing = self.things[position]
            if position >= first and self.listed(thing) and (matches is None or matches(self.row(thing))):
                yield position, thing

    def shown(self, thing: T) -> Row:
        """Makes the row that the page shows."""
        return (self.whole or self.row)(thing)


def plain_rows(rows: Sequence[Row]) -> Rows[Row]:
    """Takes rows that are there already."""
    return Rows(rows, lambda row: row)
