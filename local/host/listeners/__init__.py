"""What makes functions run: queues and subscriptions with and without sessions, and timers."""

from typing import Protocol


class Listener(Protocol):
    """Makes one function run."""

    async def open(self) -> None:
        """Makes sure that it can listen. Raises CannotStartError."""

    async def run(self) -> None:
        """Listens until the stop signal, and then until the invocations that run have ended."""
