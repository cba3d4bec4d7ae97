"""Counts the ledger's requests that were claimed and never finished; they are kept, because a person must look.

One that is held waits, and has not come to nothing, until its hold expires.
"""

from datetime import datetime

from shared.ports import Clock
from shared.tables.ledger import TABLE
from shared.tables.ledger_rows import BUCKETS, REQUEST_PREFIX, range_of
from shared.tables.store import TableStore, storage_faults


class TableUnfinishedRecords:
    """Requests without an outcome."""

    def __init__(self, store: TableStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def count_unfinished(self, accepted_before: datetime) -> int:
        """Gives the number of those that were accepted before a moment."""
        table, found, now = await self._store.table(TABLE), 0, self._clock.now()
        columns = ["RowKey", "holdExpiresAt"]
        for bucket in BUCKETS:
            query = f"{range_of(REQUEST_PREFIX, bucket)} and finished eq false and acceptedAt lt @before"
            async with storage_faults():
                rows = table.query_entities(query, parameters={"before": accepted_before}, select=columns)
                # Not in the query: there, a row without the column compares neither way.
                found += len([row async for row in rows if row.get("holdExpiresAt", now) <= now])
        return found
