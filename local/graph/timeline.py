"""Values that are read late: why a GET may still show what was there before the write."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Timeline[T]:
    """A value and the values that it had before."""

    first: T
    _written: tuple[tuple[datetime, T], ...] = ()

    @property
    def latest(self) -> T:
        """What was written last. Writes are judged by it, however stale reads are."""
        return self._written[-1][1] if self._written else self.first

    def write(self, value: T, at: datetime) -> None:
        """Records a new value."""
        self._written = (*self._written, (at, value))

    def values(self) -> Iterator[T]:
        """Walks all values that there ever were, the oldest first."""
        yield self.first
        yield from (value for _, value in self._written)

    def as_of(self, moment: datetime) -> T:
        """Returns the value that had been written by then."""
        return next((value for at, value in reversed(self._written) if at <= moment), self.first)
