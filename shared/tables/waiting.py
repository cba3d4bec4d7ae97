"""Requests that were put off, in Table Storage: a partition per session, rows in the order of first arrival."""

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import UpdateMode

from shared.phone.phone_type import PhoneType
from shared.tables.row_keys import hashed_key
from shared.tables.store import TableStore, storage_faults

TABLE = "waiting"


class TableWaitingRequests:
    """Notes that a request waits; rows exist only while one does."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def note(self, user_key: str, sequence: int, phone_types: tuple[PhoneType, ...], attempt: int) -> None:
        """Notes that a request waits, and for which attempt; the highest one stays."""
        table = await self._store.table(TABLE)
        row = {
            "attempt": max(attempt, await self.waits_for(user_key, sequence)),
            "PartitionKey": _partition(user_key),
            "RowKey": _row_key(sequence),
            "phoneTypes": ",".join(phone_types),
        }
        async with storage_faults():
            await table.upsert_entity(row, mode=UpdateMode.REPLACE)

    async def waits_for(self, user_key: str, sequence: int) -> int:
        """Gives the attempt that a request waits for; 0 where it does not wait."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            try:
                row = await table.get_entity(_partition(user_key), _row_key(sequence))
            except ResourceNotFoundError:
                return 0
        return int(row["attempt"])

    async def forget(self, user_key: str, sequence: int) -> None:
        """Forgets it; once more does no harm."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            await table.delete_entity(_partition(user_key), _row_key(sequence))

    async def waits_before(self, user_key: str, sequence: int, phone_type: PhoneType) -> bool:
        """Says whether an earlier request of the same user for a phone type still waits."""
        table = await self._store.table(TABLE)
        query = f"PartitionKey eq '{_partition(user_key)}' and RowKey lt '{_row_key(sequence)}'"
        async with storage_faults():
            async for row in table.query_entities(query):
                if phone_type.value in row["phoneTypes"].split(","):
                    return True
        return False


def _partition(user_key: str) -> str:
    """Hashes the key: a guest's user principal name holds `#`, which no table key may."""
    return hashed_key(user_key)


def _row_key(sequence: int) -> str:
    return f"{sequence:020d}"
