"""Weekly waves of notices: which week a day belongs to, and whose turn comes first. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final, get_args

from shared.policy.sweep import Weekday

_WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
_WEEK = len(_WEEKDAYS)


def wave_of(day: date, weekday: Weekday) -> str:
    """Gives the name of the wave that a day belongs to: the ISO date of the last such weekday, that day included."""
    since = (day.weekday() - _WEEKDAYS.index(weekday)) % _WEEK
    return (day - timedelta(days=since)).isoformat()


def in_turn(departments: Iterable[str], first: Sequence[str]) -> tuple[str, ...]:
    """Gives departments in the order of their turn, each once, in lower case: names are compared without case.

    Those in `first` come first, in its order; the others follow by name; "", people without department, comes last.
    """
    places = {name.casefold(): place for place, name in enumerate(first)}
    names = {name.casefold() for name in departments}
    return tuple(sorted(names, key=lambda name: (not name, places.get(name, len(places)), name)))
