"""Notes that a function was called for a message, before anything is done with it."""

import asyncio
import logging
from contextvars import Context
from itertools import islice

from shared.ports import Clock
from shared.reconciliation.matching import Receipt
from shared.reconciliation.ports import ReceiptWriter

_LOG = logging.getLogger(__name__)
DEAD_LETTERS = "/$deadletterqueue"
# Longest wait for the storage. A delivery has half a minute more than PROCESS_BUDGET_SECONDS.
_WRITE_SECONDS = 5.0
# How soon a receipt that could not be written is tried again: it doubles up to the longest, which the reconciliation's
# FLUSH outlasts.
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
# As many as one transaction takes.
_PART = 100


class Receipts:
    """The receipts of one worker; those that the storage did not take are kept, and tried until it does.

    A receipt never fails a message and never holds it up for more than seconds: what the message needs of the storage
    it finds out itself.
    """

    def __init__(self, clock: Clock, store: ReceiptWriter) -> None:
        self._clock = clock
        self._store = store
        # A dict, because it keeps the order and takes a receipt once.
        self._unwritten: dict[tuple[str, Receipt], None] = {}
        self._later: asyncio.Task[None] | None = None

    async def received(self, entity: str, sequence_number: int) -> None:
        """Notes a message of a queue, or of its dead-letter queue: `<queue>/$deadletterqueue`.

        Both count for the queue, because Microsoft's documents do not say where a dead letter's completion is counted.
        """
        queue = entity.removesuffix(DEAD_LETTERS)
        receipt = queue, Receipt(self._clock.now(), sequence_number, dead_letter=queue != entity)
        if await self._write((receipt,)):
            return
        self._unwritten[receipt] = None
        if self._later is None or self._later.done():
            # Of no message's own: its log lines are about all of them.
            self._later = asyncio.create_task(self._write_later(), context=Context())

    async def settled(self) -> None:
        """Waits until everything is written."""
        if self._later is not None:
            await self._later

    async def _write(self, batch: tuple[tuple[str, Receipt], ...]) -> bool:
        """Writes some receipts, and says whether that worked."""
        try:
            async with asyncio.timeout(_WRITE_SECONDS):
                await self._store.write(batch)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the message goes on
            waiting = len({*batch, *self._unwritten})
            _LOG.warning("%d receipts of messages wait to be written (%s).", waiting, type(fault).__name__)
            return False
        return True

    async def _write_later(self) -> None:
        """Writes what is left, a part at a time: however much it became, each part that is taken is done with."""
        wait = _FIRST_WAIT
        while self._unwritten:
            await self._clock.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)
            while (part := tuple(islice(self._unwritten, _PART))) and await self._write(part):
                for written in part:
                    self._unwritten.pop(written, None)
