"""Deletes what is past its retention; the retention is also the horizon within which a repeat is recognised."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from shared.ports import Clock, RetainedRecords

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RetentionService:
    """Purges finished requests from the ledger."""

    clock: Clock
    records: RetainedRecords
    retention: timedelta

    async def purge(self) -> int:
        """Deletes the records that finished longer ago than the retention, and gives their number."""
        purged = await self.records.purge(self.clock.now() - self.retention)
        if purged:
            _LOG.info("%d records past their retention were deleted.", purged)
        return purged
