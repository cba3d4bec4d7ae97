"""Which mails went out, in Table Storage: a partition per event, a row per recipient."""

from datetime import datetime

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import UpdateMode

from shared.ports import Clock
from shared.tables.row_keys import hashed_key
from shared.tables.store import TableStore, storage_faults

TABLE = "notifications"


class TableNotificationLog:
    """Remembers the mails of each event."""

    def __init__(self, store: TableStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def was_sent(self, event_id: str, recipient: str) -> bool:
        """Says whether the mail to one recipient is known to have been handed over."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            try:
                await table.get_entity(event_id, _row_key(recipient))
            except ResourceNotFoundError:
                return False
        return True

    async def mark_sent(self, event_id: str, recipient: str) -> None:
        """Notes that it was."""
        table = await self._store.table(TABLE)
        row = {"PartitionKey": event_id, "RowKey": _row_key(recipient), "sentAt": self._clock.now()}
        async with storage_faults():
            await table.upsert_entity(row, mode=UpdateMode.REPLACE)

    async def purge(self, sent_before: datetime) -> int:
        """Forgets the mails that were sent before a moment, and gives their number."""
        table, purged = await self._store.table(TABLE), 0
        async with storage_faults():
            async for row in table.query_entities(
                "sentAt lt @before", parameters={"before": sent_before}, select=["PartitionKey", "RowKey"]
            ):
                await table.delete_entity(row["PartitionKey"], row["RowKey"])
                purged += 1
        return purged


def _row_key(recipient: str) -> str:
    return hashed_key(recipient.casefold())
