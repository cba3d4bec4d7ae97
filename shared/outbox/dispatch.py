"""Sends what an earlier run recorded and could not send; runs independently of the request messages."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import BusUnavailableError, LedgerRefusedError, LedgerUnavailableError, MessageTooLargeError
from shared.ports import Clock, EventSink, Outbox, UnsentEvent
from shared.telemetry.instruments import instruments
from shared.telemetry.names import OUTBOX_AGE, OUTBOX_UNSENT
from shared.telemetry.work import note

_LOG = logging.getLogger(__name__)
# A younger event is most likely on its way by the run that recorded it; a second copy would do no harm.
DISPATCH_GRACE = timedelta(seconds=30)


@dataclass(slots=True)
class _Tally:
    """What one tick found, and what it left."""

    found: int = 0
    sent: int = 0
    oldest: datetime | None = None

    def see(self, unsent: UnsentEvent) -> None:
        self.found += 1
        if unsent.recorded_at is not None:
            self.oldest = min(self.oldest or unsent.recorded_at, unsent.recorded_at)

    def tell(self, now: datetime) -> None:
        """Tells the age of the oldest event that the tick found: zero is how an alert ends.

        On the tick's span as well: a metric's row has the time of its export.
        """
        left = self.found - self.sent
        age = (now - self.oldest).total_seconds() if self.oldest and left else 0.0
        instruments().outbox_unsent.record(left)
        instruments().outbox_age.record(age)
        note({OUTBOX_UNSENT: left, OUTBOX_AGE: age})


@dataclass(frozen=True, slots=True)
class OutboxService:
    """Empties the outbox."""

    clock: Clock
    outbox: Outbox
    events: EventSink

    async def dispatch_unsent(self) -> int:
        """Sends every event older than the grace and gives their number.

        Where the bus is down the others are only counted; where storage is, it stops, and tells no figure: nobody knows
        it. An event that can never be sent keeps no other one waiting.
        """
        tally, bus = _Tally(), True
        try:
            async for unsent in self.outbox.unsent(self.clock.now() - DISPATCH_GRACE):
                tally.see(unsent)
                if bus:
                    bus = await self._try(unsent, tally)
        except LedgerUnavailableError as fault:
            _LOG.warning("The outbox could not be emptied: %s", fault)
        else:
            tally.tell(self.clock.now())
        if tally.sent:
            _LOG.info("%d events were sent from the outbox.", tally.sent)
        return tally.sent

    async def _try(self, unsent: UnsentEvent, tally: _Tally) -> bool:
        """Sends an event, and says whether the next one may be tried."""
        try:
            await self.events.publish(unsent.event)
            await self.outbox.mark_dispatched(unsent)
        except BusUnavailableError as fault:
            _LOG.warning("The outbox could not be emptied: %s", fault)
            return False
        except (MessageTooLargeError, LedgerRefusedError) as fault:
            _LOG.error("Event %s cannot be sent (%s).", unsent.event.id, type(fault).__name__)
        else:
            tally.sent += 1
        return True
