"""Keeps what is costly to read for a while: one reading at a time, whoever waits for it, and an end to its age."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.errors import DirectoryUnavailableError
from shared.ports import Clock

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Found[T]:
    value: T
    began: float


class KeptReading[T]:
    """The last whole answer to a question that all invocations of a worker ask, and the reading that is under way.

    `name` is for the log; `longest_age` is a number of seconds of the clock, counted from where a reading begins.

    A reading runs in a task of its own. It outlives the request that began it, so that a later attempt finds what the
    first one had no time to wait for, and whoever is cancelled while waiting takes it from nobody else.
    """

    def __init__(self, read: Callable[[], Awaitable[T]], clock: Clock, name: str, longest_age: float) -> None:
        self._read = read
        self._clock = clock
        self._name = name
        self._longest_age = longest_age
        # The second half of an answer's life is for reading the next one, from its first use there: a busy worker waits
        # for none, and what was begun in time is there in time. A reading that takes longer has failed.
        self._half = longest_age / 2
        self._found: _Found[T] | None = None
        self._task: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """Gives an answer that is younger than `longest_age`; waits only where there is none.

        Raises what the reading raises, and TransientError where it takes too long. An answer that is still young
        enough stays while the next one cannot be read.
        """
        found = self._found
        if found is None or self._age(found) >= self._longest_age:
            return await asyncio.shield(self._reading())
        if self._age(found) >= self._half:
            self._reading()
        return found.value

    async def close(self) -> None:
        """Ends the reading that is under way, and waits for its end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _age(self, found: _Found[T]) -> float:
        return self._clock.monotonic() - found.began

    def _reading(self) -> asyncio.Task[T]:
        # Nothing is awaited from the look at the task to its creation, so there is never a second one.
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._read_whole())
            self._task.add_done_callback(self._tell_of_failure)
        return self._task

    async def _read_whole(self) -> T:
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(self._half):
                value = await self._read()
        except TimeoutError:
            message = f"Within {self._half:g} s {self._name} could not be read from Microsoft Graph."
            raise DirectoryUnavailableError(message) from None
        self._found = _Found(value, began)
        return value

    def _tell_of_failure(self, task: asyncio.Task[T]) -> None:
        """Logs a failure: perhaps no request waits for the answer, or none any longer."""
        fault = None if task.cancelled() else task.exception()
        if fault is not None:
            left = max(0.0, self._longest_age - self._age(self._found)) if self._found else 0.0
            _LOG.warning("Reading %s failed; what is known serves for %.0f s more: %s", self._name, left, fault)
