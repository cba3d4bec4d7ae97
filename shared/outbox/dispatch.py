"""Sends what an earlier run recorded and could not send; runs independently of the request messages."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from shared.errors import BusUnavailableError, LedgerUnavailableError
from shared.ports import Clock, EventSink, Outbox

_LOG = logging.getLogger(__name__)
# A younger event is most likely on its way by the run that recorded it; a second copy would do no harm.
DISPATCH_GRACE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class OutboxService:
    """Empties the outbox."""

    clock: Clock
    outbox: Outbox
    events: EventSink

    async def dispatch_unsent(self) -> int:
        """Sends every event older than the grace and gives their number; stops where the bus or storage is down."""
        sent = 0
        try:
            async for unsent in self.outbox.unsent(self.clock.now() - DISPATCH_GRACE):
                await self.events.publish(unsent.event)
                await self.outbox.mark_dispatched(unsent)
                sent += 1
        except (BusUnavailableError, LedgerUnavailableError) as fault:
            _LOG.warning("The outbox could not be emptied: %s", fault)
        if sent:
            _LOG.info("%d events were sent from the outbox.", sent)
        return sent
