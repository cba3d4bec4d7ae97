"""Finds the ledger's requests that are past their end and have no outcome."""

from datetime import datetime
from operator import itemgetter
from typing import Any

from shared.messages.decode import told_name
from shared.reconciliation.findings import MOST_TOLD, Overdue
from shared.tables.ledger import TABLE
from shared.tables.ledger_rows import BUCKETS, REQUEST_PREFIX, range_of
from shared.tables.store import TableStore, storage_faults

_COLUMNS = ["requestId", "acceptedAt", "holdExpiresAt"]


class TableOverdueRequests:
    """Requests that should have ended."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def overdue(self, accepted_before: datetime, held_before: datetime) -> Overdue:
        """Gives those accepted before a moment, unless their hold lasted beyond another one; the oldest by name."""
        table, found = await self._store.table(TABLE), list[dict[str, Any]]()
        for bucket in BUCKETS:
            query = f"{range_of(REQUEST_PREFIX, bucket)} and finished eq false and acceptedAt lt @before"
            async with storage_faults():
                rows = table.query_entities(query, parameters={"before": accepted_before}, select=_COLUMNS)
                # Not in the query: there, a row without the column compares neither way.
                found += [row async for row in rows if row.get("holdExpiresAt", accepted_before) <= held_before]
        oldest = sorted(found, key=itemgetter("acceptedAt"))[:MOST_TOLD]
        return Overdue(len(found), tuple(told_name(row["requestId"]) for row in oldest))
