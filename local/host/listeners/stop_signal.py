"""The signal that ends every wait of the listeners, and lets what runs go on."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class StopSignal:
    """Set once, when the host is to take no more work."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Tells everybody to stop."""
        self._event.set()

    def is_set(self) -> bool:
        """Says whether it is time to stop."""
        return self._event.is_set()

    async def unless_set[T](self, waiting: Coroutine[Any, Any, T]) -> T | None:
        """Waits for something, but not beyond the signal: then it is cancelled, and the answer is None.

        What had already come when the signal came is answered, because it may hold a lock.
        """
        if self._event.is_set():
            waiting.close()
            return None
        task = asyncio.create_task(waiting)
        signal = asyncio.create_task(self._event.wait())
        try:
            await asyncio.wait((task, signal), return_when=asyncio.FIRST_COMPLETED)
        finally:
            signal.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait((task,))
        return None if task.cancelled() else task.result()
