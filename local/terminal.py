"""What programs with a person at the terminal have in common: how they print, how they end, how a signal ends them."""

import asyncio
import io
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any, Final

from rich.console import Console

# A pipe has no width: this one is enough for every column.
_PIPED_WIDTH: Final = 140
_STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def console() -> Console:
    """Gives a console that prints other people's words as they stand."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PIPED_WIDTH
    return Console(markup=False, highlight=False, emoji=False, width=width)


def ended(status: int, sentence: str) -> int:
    """Says in one sentence why a program ends, and gives its status."""
    print(sentence, file=sys.stderr)  # noqa: T201 - one sentence for the person at the terminal
    return status


async def stopped_in_order[T](work: Coroutine[Any, Any, T]) -> T:
    """Does a piece of work so that a signal ends it in order; a second one changes nothing."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in a task
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in _STOPPING:
            loop.add_signal_handler(number, lambda: None)
        task.cancel()

    for number in _STOPPING:
        loop.add_signal_handler(number, stop)
    return await work
