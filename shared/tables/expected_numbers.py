"""What this product's own changes left, in Table Storage: the watermarks, page by page."""

import json

from shared.compliance.rows import Expected
from shared.phone.phone_type import PhoneType
from shared.sweep.ports import Page
from shared.tables.store import TableStore, storage_faults
from shared.tables.watermarks import TABLE

# The most that the storage gives at once.
_PAGE_SIZE = 1000


class TableExpectedNumbers:
    """The marks of changes that the directory has shown; of others nobody knows what they left."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def page(self, token: str) -> Page[Expected]:
        """Reads a page, the first one by an empty token. A page may be empty although others follow."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            rows = table.query_entities(
                "seen eq true", select=["PartitionKey", "RowKey", "valueHash"], results_per_page=_PAGE_SIZE
            )
            pages = rows.by_page(continuation_token=json.loads(token) if token else None)
            try:
                found = [row async for row in await anext(pages)]
            except StopAsyncIteration:
                found = []
            after = getattr(pages, "continuation_token", None)
        marks = [Expected(row["PartitionKey"], PhoneType(row["RowKey"]), row["valueHash"]) for row in found]
        return Page(tuple(marks), json.dumps(after) if after else "")
