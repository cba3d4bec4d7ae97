"""Deletes what is past its retention; the ledger's is also the horizon within which a repeat is recognised."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from shared.policy.sweep import LONGEST_PERIOD
from shared.policy.tripwires import LONGEST_WINDOW
from shared.ports import Clock, RetainedRecords, UnfinishedRecords

_LOG = logging.getLogger(__name__)
# A day more than the longest window that policy may ask about.
HISTORY_RETENTION = LONGEST_WINDOW + timedelta(days=1)
# The same for the longest period in which nobody gets a second notice.
NOTICE_RETENTION = LONGEST_PERIOD + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Retained:
    """Records of one kind, and for how long they are kept."""

    records: RetainedRecords
    retention: timedelta


@dataclass(frozen=True, slots=True)
class RetentionService:
    """Purges what is kept for a time, each kind after its own; a request that never finished stays for a person."""

    clock: Clock
    kept: tuple[Retained, ...]
    unfinished: UnfinishedRecords
    # How long after it was accepted a request must have come to its end.
    unfinished_after: timedelta

    async def purge(self) -> int:
        """Deletes the records that were done with longer ago than their retention, and gives their number."""
        now = self.clock.now()
        purged = sum([await kind.records.purge(now - kind.retention) for kind in self.kept])
        if purged:
            _LOG.info("%d records past their retention were deleted.", purged)
        if left := await self.unfinished.count_unfinished(now - self.unfinished_after):
            _LOG.warning("%d requests past the retention never finished. They are kept: a person must look.", left)
        return purged
