"""An event loop whose clock runs fast: the asynchronous SDK polls, and tests would spend their time in its sleeps.

Nothing in the SDK is changed. Only this loop's timers are short; the broker has a thread and a clock of its own.
"""

import asyncio
import selectors

RATE = 10


def real(seconds: float) -> float:
    """Gives what the loop has to be told for so many real seconds."""
    return seconds * RATE


class _HurriedSelector(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Waits as long as the loop's fast clock needs for that time."""
        return super().select(timeout and timeout / RATE)


class HurriedLoop(asyncio.SelectorEventLoop):
    """Tells a time that passes `RATE` times as fast as the real one."""

    def __init__(self) -> None:
        super().__init__(_HurriedSelector())

    def time(self) -> float:
        """Gives the fast clock's time."""
        return super().time() * RATE
