"""The changes of late in Table Storage: a partition per user, one per requester, and the tenant's.

The tenant's partition takes a row per change and bears 2,000 a second, as any does; the directory is slower than that
(https://learn.microsoft.com/azure/storage/tables/scalability-targets).
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from azure.data.tables import UpdateMode

from shared.change_history import History, HistoryQuestion, NotedChange
from shared.tables.row_keys import hashed_key, moment_key, moment_of
from shared.tables.store import TableStore, storage_faults

TABLE = "changehistory"
_TENANT = "tenant"
_BETWEEN = "~"


class TableChangeHistory:
    """Notes of changes. A row's key is the time of the note and the request; a request may have several."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def read(self, question: HistoryQuestion) -> History:
        """Counts the changes of other requests, each once; counting ends where more would not matter."""
        without = frozenset(hashed_key(key) for key in question.without)
        requester = _requester(question.requester)
        of_user, by_requester, in_tenant = await asyncio.gather(
            self._latest(_user(question.user_id), question.user_since, without),
            self._count(requester, question.requester_since, without, question.requester_enough),
            self._count(_TENANT, question.tenant_since, without, question.tenant_enough),
        )
        return History(of_user, by_requester, in_tenant)

    async def note(self, change: NotedChange) -> None:
        """Notes a change; once more at the same time does no harm."""
        user, requester = _user(change.user_id), _requester(change.requester)
        # The tenant's row goes first and is deleted last, because the purge finds the others by it.
        await self._put(_TENANT, change, userPartition=user, requesterPartition=requester)
        await asyncio.gather(self._put(user, change), self._put(requester, change))

    async def forget(self, change: NotedChange) -> None:
        """Takes one note back, and no other one of the same request; once more does no harm."""
        await self._delete(_row_key(change), _user(change.user_id), _requester(change.requester))

    async def purge(self, before: datetime) -> int:
        """Deletes the notes that were made before a moment, and gives their number."""
        table, purged = await self._store.table(TABLE), 0
        query = f"PartitionKey eq '{_TENANT}' and RowKey lt '{moment_key(before)}'"
        async with storage_faults():
            async for row in table.query_entities(query):
                await self._delete(row["RowKey"], row["userPartition"], row["requesterPartition"])
                purged += 1
        return purged

    async def _put(self, partition: str, change: NotedChange, **columns: str) -> None:
        table = await self._store.table(TABLE)
        async with storage_faults():
            await table.upsert_entity(
                {"PartitionKey": partition, "RowKey": _row_key(change), **columns}, mode=UpdateMode.REPLACE
            )

    async def _delete(self, row_key: str, user: str, requester: str) -> None:
        table = await self._store.table(TABLE)
        async with storage_faults():
            for partition in (user, requester, _TENANT):
                await table.delete_entity(partition, row_key)

    async def _latest(self, partition: str, since: datetime | None, without: frozenset[str]) -> tuple[datetime, ...]:
        if since is None:
            return ()
        # Rows come in the order of time: the last one of a request stays.
        latest = {request: at async for at, request in self._notes(partition, since, without)}
        return tuple(sorted(map(moment_of, latest.values()), reverse=True))

    async def _count(self, partition: str, since: datetime | None, without: frozenset[str], enough: int) -> int:
        found: set[str] = set()
        if since is None or enough <= 0:
            return 0
        async for _, request in self._notes(partition, since, without):
            found.add(request)
            if len(found) >= enough:
                break
        return len(found)

    async def _notes(self, partition: str, since: datetime, without: frozenset[str]) -> AsyncIterator[tuple[str, str]]:
        table = await self._store.table(TABLE)
        query = f"PartitionKey eq '{partition}' and RowKey ge '{moment_key(since)}'"
        async with storage_faults():
            async for row in table.query_entities(query, select=["RowKey"]):
                at, _, request = row["RowKey"].partition(_BETWEEN)
                if request not in without:
                    yield at, request


def _row_key(change: NotedChange) -> str:
    return f"{moment_key(change.at)}{_BETWEEN}{hashed_key(change.request_key)}"


def _user(user_id: str) -> str:
    return f"user:{hashed_key(user_id)}"


def _requester(name: str) -> str:
    """Hashes the name also because a producer may write anything there, and it is compared without case."""
    return f"requester:{hashed_key(name.casefold())}"
