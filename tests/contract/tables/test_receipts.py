"""Receipts are written as one call can, read by time, and gone after their retention."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reconciliation.matching import Receipt
from shared.tables.receipts import TABLE, TableReceipts, _receipt, _row
from shared.tables.store import TableStore
from tests.fakes.clock import START

_NAMES = count(1)
package_loop = pytest.mark.asyncio(loop_scope="package")


def fresh() -> str:
    return f"queue-{next(_NAMES)}"


@package_loop
async def test_receipts_of_a_queue_are_given_from_a_moment_to_before_another(store: TableStore) -> None:
    """Across hours, days and the partitions that they are."""
    queue, other, receipts = fresh(), fresh(), TableReceipts(store)
    made = [Receipt(START + timedelta(minutes=40 * number), number) for number in range(40)]
    await receipts.write([(queue, receipt) for receipt in made])
    await receipts.write([(other, made[5])])
    assert await receipts.between(queue, made[3].at, made[30].at) == tuple(made[3:30])
    assert await receipts.between(queue, made[3].at, made[3].at) == ()


@package_loop
async def test_more_receipts_than_a_transaction_takes_are_written_and_a_second_time_does_no_harm(
    store: TableStore,
) -> None:
    queue, receipts = fresh(), TableReceipts(store)
    made = [(queue, Receipt(START + timedelta(microseconds=number), number)) for number in range(205)]
    for _ in range(2):
        await receipts.write(made)
    assert len(await receipts.between(queue, START, START + timedelta(seconds=1))) == 205


@package_loop
async def test_a_receipt_keeps_when_and_of_what_and_a_row_holds_nothing_else(store: TableStore) -> None:
    receipts, made = TableReceipts(store), Receipt(START, (1 << 63) + 7, dead_letter=True)
    await receipts.write([("A/b", made)])
    assert await receipts.between("a/B", START, START + timedelta(seconds=1)) == (made,)
    table = await store.table(TABLE)
    rows = [row async for row in table.query_entities("PartitionKey ge 'a' and PartitionKey lt 'b'")]
    assert [set(row) for row in rows] == [{"PartitionKey", "RowKey"}]


@package_loop
async def test_receipts_of_long_ago_are_deleted_and_no_others(store: TableStore) -> None:
    queue, receipts, long_ago = fresh(), TableReceipts(store), START - timedelta(days=1000)
    made = [Receipt(long_ago + timedelta(minutes=number), number) for number in range(120)]
    await receipts.write([(queue, receipt) for receipt in made])
    assert await receipts.purge(made[110].at) == 110
    assert await receipts.purge(made[110].at) == 0
    assert await receipts.between(queue, long_ago, START) == tuple(made[110:])
    await receipts.purge(START - timedelta(days=900))


@given(at=st.datetimes(START.replace(tzinfo=None)), sequence=st.integers(0, 1 << 67), dead=st.booleans())
def test_a_row_gives_the_receipt_that_it_was_made_of(at: datetime, sequence: int, dead: bool) -> None:  # noqa: FBT001
    receipt = Receipt(at.replace(tzinfo=START.tzinfo), sequence, dead)
    assert _receipt(_row("q", receipt)["RowKey"]) == receipt
