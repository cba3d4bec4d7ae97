"""Values that are read late: why a GET may still show what was there before the write."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Timeline[T]:
    """A value and the values that it had before."""

    first: T
    _written: list[tuple[datetime, T]] = field(default_factory=list)

    @property
    def latest(self) -> T:
        """What was written last. Writes are judged by it, however stale reads are."""
        return self._written[-1][1] if self._written else self.first

    def write(self, value: T, at: datetime) -> None:
        """Records a new value."""
        self._written.append((at, value))

    def as_of(self, moment: datetime) -> T:
        """Returns the value that had been written by then."""
        return next((value for at, value in reversed(self._written) if at <= moment), self.first)
