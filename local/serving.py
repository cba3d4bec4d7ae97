"""What every local far end does the same way: say where it listens, stop on a signal, fail with one sentence."""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

EXIT_CANNOT_START = 2


class CannotStartError(Exception):
    """Something that the person who started the program can put right; the message is one plain sentence."""


def announce(name: str, url: str) -> None:
    """Prints the line that people read and that `local.stack` waits for."""
    print(f"{name} listens on {url}", flush=True)  # noqa: T201 - the ready line is this program's output


def run(main: Callable[[], Awaitable[None]], *, log_level: str = "WARNING") -> int:
    """Runs a far end to its end and returns the process's exit status."""
    logging.basicConfig(level=log_level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")

    async def guarded() -> int:
        try:
            await main()
        except CannotStartError as fault:
            print(fault, file=sys.stderr)  # noqa: T201 - one sentence for the person at the terminal
            return EXIT_CANNOT_START
        return 0

    return asyncio.run(guarded())


async def until_stopped() -> None:
    """Waits for SIGINT, SIGTERM or SIGHUP, which a closed terminal sends."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()


@asynccontextmanager
async def port_conflict_explained(name: str, port: int) -> AsyncIterator[None]:
    """Turns "address already in use" into a sentence that names the program and the port."""
    try:
        yield
    except OSError as fault:
        message = f"{name} cannot listen on port {port}: {fault.strerror or fault}. Choose another with --port."
        raise CannotStartError(message) from fault
