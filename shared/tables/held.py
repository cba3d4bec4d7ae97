"""The held requests in the ledger's table: a range of keys in each bucket."""

from shared.record import Record
from shared.request_hold import HoldState
from shared.tables.ledger import TABLE
from shared.tables.ledger_rows import BUCKETS, REQUEST_PREFIX, range_of, record_of
from shared.tables.store import TableStore, storage_faults


class TableHeldRequests:
    """Requests whose hold nobody has decided about."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def waiting(self) -> tuple[Record, ...]:
        """Gives them, the oldest first."""
        table, found = await self._store.table(TABLE), list[Record]()
        for bucket in BUCKETS:
            query = f"{range_of(REQUEST_PREFIX, bucket)} and finished eq false and holdState eq '{HoldState.WAITING}'"
            async with storage_faults():
                found += [record_of(row, str(row.metadata["etag"])) async for row in table.query_entities(query)]
        return tuple(sorted(found, key=lambda record: record.accepted_at))
