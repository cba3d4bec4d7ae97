"""The watermarks in Table Storage: a partition per user, a row per phone type, compare-and-set by ETag."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient

from shared.errors import LedgerConflictError
from shared.phone.phone_type import PhoneType
from shared.plan import Watermark
from shared.tables.store import TableStore, storage_faults

TABLE = "watermarks"
# The row of the request that is writing, among those of the phone types.
_HOLD = "held"


class TableWatermarks:
    """Per user and phone type, the newest request that may still write."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def read(self, user_id: str, phone_types: tuple[PhoneType, ...]) -> Mapping[PhoneType, Watermark]:
        """Reads the marks that exist."""
        table = await self._store.table(TABLE)
        rows = await asyncio.gather(*(_row(table, user_id, phone_type.value) for phone_type in phone_types))
        return {phone_type: _mark(row) for phone_type, row in zip(phone_types, rows, strict=True) if row is not None}

    async def advance(self, user_id: str, phone_type: PhoneType, mark: Watermark, expected: Watermark | None) -> None:
        """Sets the mark by compare-and-set. Raises LedgerConflictError where another one stands than is expected."""
        table = await self._store.table(TABLE)
        row = await _row(table, user_id, phone_type.value)
        if (_mark(row) if row else None) != expected or not await _set(table, _entity(user_id, phone_type, mark), row):
            message = "The watermark of one phone changed under way."
            raise LedgerConflictError(message)

    async def hold(self, user_id: str, holder: str, until: datetime, now: datetime) -> bool:
        """Takes the user's phones for one request; false while another one holds them, whose time is not over."""
        table = await self._store.table(TABLE)
        row = await _row(table, user_id, _HOLD)
        if row is not None and row["holder"] != holder and row["until"] > now:
            return False
        return await _set(table, {"PartitionKey": user_id, "RowKey": _HOLD, "holder": holder, "until": until}, row)

    async def release(self, user_id: str, holder: str) -> None:
        """Gives the user's phones free again; of another holder's it takes nothing."""
        table = await self._store.table(TABLE)
        row = await _row(table, user_id, _HOLD)
        if row is None or row["holder"] != holder:
            return
        try:
            async with storage_faults():
                await table.delete_entity(row, etag=_etag(row), match_condition=MatchConditions.IfNotModified)
        except (ResourceNotFoundError, LedgerConflictError):
            return

    async def purge(self, advanced_before: datetime) -> int:
        """Deletes what was advanced, or held until, before a moment, unless it changes now; gives the number."""
        table, purged = await self._store.table(TABLE), 0
        query = "advancedAt lt @before or until lt @before"
        async with storage_faults():
            async for row in table.query_entities(query, parameters={"before": advanced_before}):
                purged += await _deleted(table, row)
        return purged


async def _deleted(table: TableClient, row: TableEntity) -> bool:
    try:
        async with storage_faults():
            await table.delete_entity(row, etag=_etag(row), match_condition=MatchConditions.IfNotModified)
    except LedgerConflictError:
        return False
    return True


def _etag(row: TableEntity) -> str:
    return str(row.metadata["etag"])


async def _row(table: TableClient, user_id: str, name: str) -> TableEntity | None:
    async with storage_faults():
        try:
            return await table.get_entity(user_id, name)
        except ResourceNotFoundError:
            return None


async def _set(table: TableClient, entity: dict[str, Any], row: TableEntity | None) -> bool:
    """Writes the row if it is still the one that was read; says whether it was."""
    try:
        async with storage_faults():
            if row is None:
                await table.create_entity(entity)
            else:
                await table.update_entity(
                    entity,
                    mode=UpdateMode.REPLACE,
                    etag=_etag(row),
                    match_condition=MatchConditions.IfNotModified,
                )
    except (ResourceExistsError, LedgerConflictError):
        return False
    return True


def _entity(user_id: str, phone_type: PhoneType, mark: Watermark) -> dict[str, Any]:
    return {
        "PartitionKey": user_id,
        "RowKey": phone_type.value,
        "sequence": str(mark.sequence),
        "requestId": mark.request_id,
        "valueHash": mark.value_hash,
        "acceptedAt": mark.accepted_at,
        "advancedAt": mark.advanced_at,
        "seen": mark.seen,
    }


def _mark(row: Mapping[str, Any]) -> Watermark:
    return Watermark(
        sequence=int(row["sequence"]),
        request_id=row["requestId"],
        value_hash=row["valueHash"],
        accepted_at=row["acceptedAt"],
        advanced_at=row["advancedAt"],
        seen=row["seen"],
    )
