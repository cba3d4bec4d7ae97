"""Tells each recipient of an event once, as far as that can be, and lets no refusal keep others from their word."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from shared.errors import DirectoryRefusedError
from shared.notify.ports import NotificationLog


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What one piece of work delivers, through all tries of it."""

    log: NotificationLog
    # Handed over and perhaps not noted yet: trying that again must not send it again.
    handed_over: set[tuple[str, str]] = field(default_factory=set)

    async def once(self, event_id: str, recipient: str, send: Callable[[], Awaitable[None]]) -> None:
        """Sends what was not sent before, and notes it."""
        told = (event_id, recipient)
        if await self.log.was_sent(*told):
            return
        if told not in self.handed_over:
            await send()
        self.handed_over.add(told)
        # A crash before this line sends it again: twice is better than never.
        await self.log.mark_sent(*told)


async def despite_refusals(tellings: Iterable[Awaitable[None]]) -> None:
    """Awaits them one after the other. Raises the first DirectoryRefusedError, after all others were told."""
    refusals = [await _refusal_of(telling) for telling in tellings]
    for refusal in refusals:
        if refusal is not None:
            raise refusal


async def _refusal_of(telling: Awaitable[None]) -> DirectoryRefusedError | None:
    try:
        await telling
    except DirectoryRefusedError as fault:
        return fault
    return None
