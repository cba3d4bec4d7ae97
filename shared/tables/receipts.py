"""Receipts of messages in Table Storage: a partition for each queue and hour, a row for each delivery."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import batched, groupby
from typing import Any, Literal

from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from shared.reconciliation.matching import Receipt
from shared.tables.row_keys import moment_key, moment_of
from shared.tables.store import TableStore, storage_faults

TABLE = "receipts"
_HOUR = "%Y%m%dT%H"
_KINDS = {False: "message", True: "dead"}
# https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions
_LARGEST_TRANSACTION = 100


class TableReceipts:
    """Receipts, written in one call and read by time."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def write(self, receipts: Sequence[tuple[str, Receipt]]) -> None:
        """Writes receipts, each with its queue; once more does no harm."""
        rows = [_row(queue, receipt) for queue, receipt in receipts]
        await _change(await self._store.table(TABLE), ("upsert", rows, {"mode": UpdateMode.REPLACE}))

    async def between(self, queue: str, since: datetime, until: datetime) -> tuple[Receipt, ...]:
        """Gives a queue's receipts from one moment to before another: ranges of partitions and of keys."""
        table = await self._store.table(TABLE)
        first, last = _partition(queue, since), _partition(queue, until)
        query = (
            f"PartitionKey ge '{first}' and PartitionKey le '{last}' "
            f"and RowKey ge '{moment_key(since)}' and RowKey lt '{moment_key(until)}'"
        )
        async with storage_faults():
            return tuple([_receipt(row["RowKey"]) async for row in table.query_entities(query, select=["RowKey"])])

    async def purge(self, before: datetime) -> int:
        """Deletes the receipts from before a moment, and gives their number."""
        table = await self._store.table(TABLE)
        keys = ["PartitionKey", "RowKey"]
        async with storage_faults():
            found = table.query_entities(f"RowKey lt '{moment_key(before)}'", select=keys)
            rows = [{key: str(row[key]) for key in keys} async for row in found]
        await _change(table, ("delete", rows, {}))
        return len(rows)


async def _change(
    table: TableClient, what: tuple[Literal["upsert", "delete"], list[dict[str, str]], dict[str, Any]]
) -> None:
    operation, rows, options = what
    for transaction in _transactions(rows):
        async with storage_faults():
            await table.submit_transaction([(operation, row, options) for row in transaction])


def _transactions(rows: Iterable[dict[str, str]]) -> Iterator[tuple[dict[str, str], ...]]:
    """Gives rows in groups that one transaction takes: of one partition, and not too many."""

    def partition(row: dict[str, str]) -> str:
        return row["PartitionKey"]

    for _, group in groupby(sorted(rows, key=partition), partition):
        yield from batched(group, _LARGEST_TRANSACTION, strict=False)


def _row(queue: str, receipt: Receipt) -> dict[str, str]:
    key = f"{moment_key(receipt.at)}~{_KINDS[receipt.dead_letter]}~{receipt.sequence}"
    return {"PartitionKey": _partition(queue, receipt.at), "RowKey": key}


def _partition(queue: str, at: datetime) -> str:
    # A queue's name may hold slashes and no `~`; a key may not hold slashes.
    return f"{queue.casefold().replace('/', '~')}~{at.astimezone(UTC).strftime(_HOUR)}"


def _receipt(row_key: str) -> Receipt:
    moment, kind, sequence = row_key.split("~")
    return Receipt(moment_of(moment), int(sequence), kind == _KINDS[True])
