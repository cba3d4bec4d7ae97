"""An event loop whose time jumps to the next timer when nothing else is to be done: hours pass in milliseconds."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

type Events = list[tuple[selectors.SelectorKey, int]]
# A year on, less than that is too little to be added to the time: what is due so soon is due now.
_RESOLUTION = 1e-6


class _JumpingSelector(selectors.DefaultSelector):
    """Lets time pass instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Events:
        ready = super().select(0)
        if not ready and timeout is None:
            message = "Everybody waits, and nothing is left that could wake anybody."
            raise RuntimeError(message)
        if not ready and timeout:
            self.now += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop, `sleep` and `timeout` included, in a time of its own that starts at 0."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        self._clock_resolution = _RESOLUTION

    def time(self) -> float:
        return self._jumping.now


def run_jumping[T](work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end in jumping time."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(work)
