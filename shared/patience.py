"""Waits in place while the world is out of order: a message that is given back comes at once, and burns a delivery."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from shared.backoff import wait_for
from shared.errors import TransientError
from shared.ports import Clock

# Ten deliveries of four minutes each outlast most outages; after them the message is a dead letter.
PATIENCE = timedelta(minutes=4)


async def patiently(clock: Clock, work: Callable[[], Awaitable[None]]) -> None:
    """Does the work, again after each fault that passes. Raises TransientError when patience ends."""
    started, attempt = clock.monotonic(), 1
    while True:
        try:
            return await work()
        except TransientError as fault:
            left = PATIENCE.total_seconds() - (clock.monotonic() - started)
            if left <= 0:
                raise
            wait = min(wait_for(fault, attempt), left)
        await clock.sleep(wait)
        attempt += 1
