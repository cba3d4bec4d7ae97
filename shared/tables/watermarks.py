"""The watermarks in Table Storage: a partition per user, a row per phone type, compare-and-set by ETag."""

import asyncio
from collections.abc import Mapping
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
# Each lost race means that another request for the same phone went forward.
_RACES = 5


class TableWatermarks:
    """Per user and phone type, the newest request that may still write."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def read(self, user_id: str, phone_types: tuple[PhoneType, ...]) -> Mapping[PhoneType, Watermark]:
        """Reads the marks that exist."""
        table = await self._store.table(TABLE)
        rows = await asyncio.gather(*(_row(table, user_id, phone_type) for phone_type in phone_types))
        return {phone_type: _mark(row) for phone_type, row in zip(phone_types, rows, strict=True) if row is not None}

    async def advance(self, user_id: str, phone_type: PhoneType, mark: Watermark) -> Watermark | None:
        """Sets the mark by compare-and-set; where a newer one stands, it stays and is given back."""
        table = await self._store.table(TABLE)
        for _ in range(_RACES):
            row = await _row(table, user_id, phone_type)
            if row is not None and (standing := _mark(row)).sequence > mark.sequence:
                return standing
            if await _set(table, _entity(user_id, phone_type, mark), row):
                return None
        message = "The watermark of one phone changed under way again and again."
        raise LedgerConflictError(message)


async def _row(table: TableClient, user_id: str, phone_type: PhoneType) -> TableEntity | None:
    async with storage_faults():
        try:
            return await table.get_entity(user_id, phone_type.value)
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
                    etag=str(row.metadata["etag"]),
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
        "advancedAt": mark.advanced_at,
    }


def _mark(row: Mapping[str, Any]) -> Watermark:
    return Watermark(int(row["sequence"]), row["requestId"], row["valueHash"], row["advancedAt"])
