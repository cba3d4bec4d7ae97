"""The ledger and its outbox in Table Storage: one table, because step 9 is one entity group transaction."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from shared.errors import LedgerConflictError
from shared.messages.completion_event import CompletionEvent
from shared.ports import UnsentEvent
from shared.record import Ending, Intent, NewRecord, Record
from shared.request_hold import HoldDecision, RequestHold
from shared.tables.hold_text import held_by
from shared.tables.ledger_rows import (
    BUCKETS,
    OUTBOX_PREFIX,
    REQUEST_PREFIX,
    Row,
    bucket_of,
    finished_row,
    hold_row,
    intent_row,
    new_row,
    outbox_row,
    parked_row,
    range_of,
    record_of,
    request_key,
    unsent_of,
)
from shared.tables.store import TableStore, storage_faults

TABLE = "ledger"


class TableLedger:
    """Records of requests, and the events that were not sent yet."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def claim(self, new: NewRecord) -> Record:
        """Inserts a request's row if it is absent; the one that inserts first owns the key."""
        table = await self._store.table(TABLE)
        row = new_row(new)
        async with storage_faults():
            try:
                answer = await table.create_entity(row)
            except ResourceExistsError:
                return await self._existing(table, new.key)
        return record_of(row, str(answer["etag"]))

    async def find(self, key: str) -> Record | None:
        """Gives the record under a key, if there is one."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            try:
                row = await table.get_entity(*request_key(key))
            except ResourceNotFoundError:
                return None
        return record_of(row, str(row.metadata["etag"]))

    async def hold(self, record: Record, hold: RequestHold, event: CompletionEvent) -> Record:
        """Writes hold and unsent event together. Raises LedgerConflictError where another worker was faster."""
        outbox = outbox_row(record, event, hold.placed_at)
        return replace(record, hold=hold, etag=await self._update_with(record, hold_row(record, hold), outbox))

    async def decide_hold(self, record: Record, decision: HoldDecision) -> Record:
        """Writes down what a person decided. Raises LedgerConflictError where the record changed since it was read."""
        hold = replace(held_by(record), decision=decision)
        return replace(record, hold=hold, etag=await self._update(record, hold_row(record, hold)))

    async def note_intent(self, record: Record, intent: Intent | None) -> Record:
        """Notes what is about to be written. Raises LedgerConflictError where another worker was faster."""
        return replace(record, intent=intent, etag=await self._update(record, intent_row(record, intent)))

    async def finish(self, record: Record, ending: Ending, event: CompletionEvent) -> None:
        """Writes outcome and unsent event together. Raises LedgerConflictError where another worker was faster."""
        outbox = outbox_row(record, event, ending.finished_at)
        await self._update_with(record, finished_row(record, ending, event), outbox)

    async def mark_parked(self, record: Record) -> None:
        """Notes that a person has got the message; once more does no harm."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            await table.update_entity(parked_row(record), mode=UpdateMode.MERGE)

    async def unsent_of(self, record: Record) -> UnsentEvent | None:
        """Gives a finished record's event while it is unsent."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            try:
                row = await table.get_entity(bucket_of(record.key), OUTBOX_PREFIX + record.event_id)
            except ResourceNotFoundError:
                return None
        return unsent_of(row)

    async def unsent(self, older_than: datetime) -> AsyncIterator[UnsentEvent]:
        """Walks all unsent events that were recorded before a moment: a range of keys in each bucket, no scan."""
        table = await self._store.table(TABLE)
        for bucket in BUCKETS:
            query = f"{range_of(OUTBOX_PREFIX, bucket)} and recordedAt lt @before"
            async with storage_faults():
                async for row in table.query_entities(query, parameters={"before": older_than}):
                    yield unsent_of(row)

    async def mark_dispatched(self, unsent: UnsentEvent) -> None:
        """Takes an event out of the outbox; once more does no harm."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            await table.delete_entity(bucket_of(unsent.record_key), OUTBOX_PREFIX + unsent.event.id)

    async def purge(self, finished_before: datetime) -> int:
        """Deletes records that finished before a moment, and gives their number."""
        table, purged = await self._store.table(TABLE), 0
        for bucket in BUCKETS:
            query = f"{range_of(REQUEST_PREFIX, bucket)} and finished eq true and finishedAt lt @before"
            async with storage_faults():
                async for row in table.query_entities(
                    query, parameters={"before": finished_before}, select=["PartitionKey", "RowKey"]
                ):
                    await table.delete_entity(row["PartitionKey"], row["RowKey"])
                    purged += 1
        return purged

    async def _update(self, record: Record, row: Row) -> str:
        """Changes a record that is still the one that was read, and gives its new etag."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            answer = await table.update_entity(row, **_unchanged(record))
        return str(answer["etag"])

    async def _update_with(self, record: Record, row: Row, outbox: Row) -> str:
        """Does the same together with a row of the outbox: both or neither."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            answers = await table.submit_transaction(
                [("update", row, _unchanged(record)), ("upsert", outbox, {"mode": UpdateMode.REPLACE})]
            )
        return str(answers[0]["etag"])

    async def _existing(self, table: TableClient, key: str) -> Record:
        try:
            row = await table.get_entity(*request_key(key))
        except ResourceNotFoundError as fault:
            # It was purged between the two calls: the next attempt inserts it.
            raise LedgerConflictError from fault
        return record_of(row, str(row.metadata["etag"]))


def _unchanged(record: Record) -> dict[str, Any]:
    return {"mode": UpdateMode.MERGE, "etag": record.etag, "match_condition": MatchConditions.IfNotModified}
