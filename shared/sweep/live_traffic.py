"""Counts the changes that this worker is just carrying out, so that the sweep can let them go first."""

from collections.abc import Iterator
from contextlib import contextmanager


class ChangesUnderWay:
    """A gauge, of one worker: its invocations share one event loop, so that no lock is needed."""

    def __init__(self) -> None:
        self._number = 0

    @property
    def busy(self) -> bool:
        """Whether there is one at least."""
        return self._number > 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Counts one change for the length of a block, however it ends."""
        self._number += 1
        try:
            yield
        finally:
            self._number -= 1
