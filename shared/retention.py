"""Deletes what is past its retention; the retention is also the horizon within which a repeat is recognised."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from shared.ports import Clock, RetainedRecords, UnfinishedRecords

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RetentionService:
    """Purges finished requests, watermarks and notes of mails; a request that never finished stays for a person."""

    clock: Clock
    records: tuple[RetainedRecords, ...]
    unfinished: UnfinishedRecords
    retention: timedelta

    async def purge(self) -> int:
        """Deletes the records that were done with longer ago than the retention, and gives their number."""
        before = self.clock.now() - self.retention
        purged = sum([await kept.purge(before) for kept in self.records])
        if purged:
            _LOG.info("%d records past their retention were deleted.", purged)
        if left := await self.unfinished.count_unfinished(before):
            _LOG.warning("%d requests past the retention never finished. They are kept: a person must look.", left)
        return purged
