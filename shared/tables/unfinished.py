"""Counts the ledger's requests that were claimed and never finished; they are kept, because a person must look."""

from datetime import datetime

from shared.tables.ledger import TABLE
from shared.tables.ledger_rows import BUCKETS, REQUEST_PREFIX, range_of
from shared.tables.store import TableStore, storage_faults


class TableUnfinishedRecords:
    """Requests without an outcome."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def count_unfinished(self, accepted_before: datetime) -> int:
        """Gives the number of those that were accepted before a moment."""
        table, found = await self._store.table(TABLE), 0
        for bucket in BUCKETS:
            query = f"{range_of(REQUEST_PREFIX, bucket)} and finished eq false and acceptedAt lt @before"
            async with storage_faults():
                rows = table.query_entities(query, parameters={"before": accepted_before}, select=["RowKey"])
                found += len([row async for row in rows])
        return found
