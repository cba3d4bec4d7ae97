"""Who was told to register a passkey, in Table Storage: a row per user, claimed before the mail goes out."""

from datetime import datetime, timedelta
from typing import Any, Final

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient

from shared.errors import LedgerConflictError
from shared.sweep.ports import Claim, Notice
from shared.tables.row_keys import hashed_key
from shared.tables.store import TableStore, storage_faults

TABLE: Final = "passkeynotices"
_NOTICES: Final = "notices"


class TableNoticeLog:
    """The newest notice of each user."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def count(self, wave: str) -> int:
        """Gives how many notices a wave has claimed so far, in all runs."""
        table, query = await self._store.table(TABLE), "PartitionKey eq @name and wave eq @wave"
        async with storage_faults():
            rows = table.query_entities(query, parameters={"name": _NOTICES, "wave": wave}, select=["RowKey"])
            return len([row async for row in rows])

    async def claim(self, notice: Notice, period: timedelta) -> Claim:
        """Claims the sending, in one write that two workers cannot both make."""
        table = await self._store.table(TABLE)
        there = await _there(table, notice.user_id)
        if there is not None and there["runId"] == notice.run_id:
            return Claim.OURS
        if there is not None and notice.claimed_at - there["claimedAt"] < period:
            return Claim.TOLD
        return Claim.TAKEN if await _written(table, notice, there) else Claim.TOLD

    async def release(self, notice: Notice) -> None:
        """Takes a claim back under which surely nothing was sent; another run's claim stays."""
        table = await self._store.table(TABLE)
        there = await _there(table, notice.user_id)
        if there is None or there["runId"] != notice.run_id:
            return
        try:
            async with storage_faults():
                await table.delete_entity(
                    there, etag=there.metadata["etag"], match_condition=MatchConditions.IfNotModified
                )
        except LedgerConflictError:
            return

    async def purge(self, before: datetime) -> int:
        """Forgets the notices that were claimed before a moment, and gives their number."""
        table, purged = await self._store.table(TABLE), 0
        query, told = "PartitionKey eq @name and claimedAt lt @before", {"name": _NOTICES, "before": before}
        async with storage_faults():
            async for row in table.query_entities(query, parameters=told, select=["PartitionKey", "RowKey"]):
                await table.delete_entity(row["PartitionKey"], row["RowKey"])
                purged += 1
        return purged


async def _there(table: TableClient, user_id: str) -> TableEntity | None:
    async with storage_faults():
        try:
            return await table.get_entity(_NOTICES, _row_key(user_id))
        except ResourceNotFoundError:
            return None


async def _written(table: TableClient, notice: Notice, there: TableEntity | None) -> bool:
    """Writes the claim in place of the one that was read; false where another worker was first."""
    row = _row(notice)
    try:
        async with storage_faults():
            if there is None:
                await table.create_entity(row)
            else:
                etag, condition = there.metadata["etag"], MatchConditions.IfNotModified
                await table.update_entity(row, mode=UpdateMode.REPLACE, etag=etag, match_condition=condition)
    except (ResourceExistsError, LedgerConflictError):
        return False
    return True


def _row(notice: Notice) -> dict[str, Any]:
    return {
        "PartitionKey": _NOTICES,
        "RowKey": _row_key(notice.user_id),
        "wave": notice.wave,
        "runId": notice.run_id,
        "claimedAt": notice.claimed_at,
    }


def _row_key(user_id: str) -> str:
    return hashed_key(user_id.casefold())
