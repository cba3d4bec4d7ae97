"""The brake in Table Storage: one row that stops everybody, and one per thing that is counted, in the order of time."""

from dataclasses import replace
from datetime import UTC, datetime

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import UpdateMode

from shared.brake_state import BrakeState, Entry, Kind
from shared.tables.row_keys import hashed_key, moment_key
from shared.tables.state_row import STATE, put_state
from shared.tables.store import TableStore, storage_faults

TABLE = "brake"
_ENTRIES = "entries"
RELEASED = BrakeState(engaged=False, reason="", by="", since=datetime(1970, 1, 1, tzinfo=UTC))


class TableBrakeLog:
    """What the brakes of all instances share."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def state(self) -> BrakeState:
        """Gives the state; a brake that was never turned is released."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            try:
                row = await table.get_entity(STATE, STATE)
            except ResourceNotFoundError:
                return RELEASED
        return BrakeState(
            row["engaged"], row["reason"], row["by"], row["since"], row["told"], str(row.metadata["etag"])
        )

    async def put(self, state: BrakeState) -> BrakeState:
        """Writes the state. Raises LedgerConflictError where it changed since it was read."""
        table = await self._store.table(TABLE)
        columns = {
            "engaged": state.engaged,
            "reason": state.reason,
            "by": state.by,
            "since": state.since,
            "told": state.told,
        }
        return replace(state, etag=await put_state(table, columns, state.etag))

    async def record(self, entry: Entry) -> None:
        """Counts one thing."""
        table = await self._store.table(TABLE)
        row = {
            "PartitionKey": _ENTRIES,
            "RowKey": f"{moment_key(entry.at)}~{hashed_key(entry.request_key)[:16]}~{entry.kind}",
            "at": entry.at,
            "kind": entry.kind.value,
            "requestKey": entry.request_key,
            "userId": entry.user_id,
        }
        async with storage_faults():
            await table.upsert_entity(row, mode=UpdateMode.REPLACE)

    async def entries(self, since: datetime) -> tuple[Entry, ...]:
        """Gives what was counted from a moment on: a range of keys."""
        table = await self._store.table(TABLE)
        query = f"PartitionKey eq '{_ENTRIES}' and RowKey ge '{moment_key(since)}'"
        async with storage_faults():
            return tuple(
                [
                    Entry(row["at"], Kind(row["kind"]), row["requestKey"], row["userId"])
                    async for row in table.query_entities(query)
                ]
            )

    async def purge(self, before: datetime) -> int:
        """Deletes what was counted before a moment, and gives its number."""
        table, purged = await self._store.table(TABLE), 0
        query = f"PartitionKey eq '{_ENTRIES}' and RowKey lt '{moment_key(before)}'"
        async with storage_faults():
            async for row in table.query_entities(query, select=["PartitionKey", "RowKey"]):
                await table.delete_entity(row["PartitionKey"], row["RowKey"])
                purged += 1
        return purged
