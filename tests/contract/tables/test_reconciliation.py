"""What runs of the reconciliation hand on to each other comes back as it was, and only whoever saw it changes it."""

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from shared.errors import LedgerConflictError
from shared.reconciliation.findings import Findings, Judged, Overdue, ReconciliationState, Turn
from shared.reconciliation.matching import Balance, Receipt, baseline
from shared.record import NewRecord
from shared.tables.ledger import TableLedger
from shared.tables.overdue import TableOverdueRequests
from shared.tables.reconciliation import TABLE, TableReconciliationLog
from shared.tables.store import TableStore
from tests.contract.tables.test_holds import held_event, hold
from tests.contract.tables.test_ledger import ending, new
from tests.fakes.clock import START
from tests.unit.reconciliation.fakes import MemoryReconciliationLog

pytestmark = [pytest.mark.asyncio(loop_scope="package")]

type Log = MemoryReconciliationLog | TableReconciliationLog

FULL = ReconciliationState(
    looked_at=START,
    balances={"phone-changes": baseline(START), "b": baseline(START)},
    overdue=Overdue(2, ("R-1", "R-2")),
    overdue_at=START + timedelta(microseconds=1),
    turn=Turn(Findings(START, (Judged("phone-changes", 1), Judged("b")), Overdue()), told=True),
)


@pytest_asyncio.fixture(params=["memory", "tables"], loop_scope="package")
async def log(request: pytest.FixtureRequest, store: TableStore) -> Log:
    table = await store.table(TABLE)
    async for row in table.query_entities("PartitionKey eq 'state'"):
        await table.delete_entity(row)
    return MemoryReconciliationLog() if request.param == "memory" else TableReconciliationLog(store)


async def test_the_state_is_changed_only_by_whoever_has_seen_it(log: Log) -> None:
    empty = await log.state()
    assert empty == ReconciliationState()
    first = await log.put(FULL)
    with pytest.raises(LedgerConflictError):
        await log.put(empty)
    assert await log.state() == first
    second = await log.put(first)
    with pytest.raises(LedgerConflictError):
        await log.put(first)
    assert await log.state() == second


async def test_a_sequence_number_with_its_queues_epoch_is_kept_whole(log: Log) -> None:
    """It is wider than 64 bits."""
    wide = Balance(START, Receipt(START, (9 << 63) + 5))
    await log.put(replace(await log.state(), balances={"q": wide}))
    assert (await log.state()).balances == {"q": wide}


async def test_requests_past_their_end_are_told_oldest_first_and_neither_ended_nor_held_ones(
    store: TableStore,
) -> None:
    ledger, requests = TableLedger(store), TableOverdueRequests(store)
    for_itself = timedelta(days=20_000)  # other tests of this package leave requests of their own
    stuck = [_accepted(f"overdue-{number:02}", minute=50 - number, ago=for_itself) for number in range(25)]
    for record in stuck:
        await ledger.claim(record)
    done, held = _accepted("overdue-done", ago=for_itself), _accepted("overdue-held", ago=for_itself)
    terminal, event = ending()
    await ledger.finish(await ledger.claim(done), terminal, event(done.key))
    waiting = await ledger.hold(await ledger.claim(held), hold(), held_event(held.key))
    before = START - for_itself + timedelta(hours=1)
    found = await requests.overdue(before, hold().expires_at - timedelta(seconds=1))
    assert found == Overdue(25, tuple(f"overdue-{number:02}" for number in reversed(range(5, 25))))
    assert (await requests.overdue(before, hold().expires_at)).requests == 26
    assert (await requests.overdue(START - for_itself, START)).requests == 0
    await ledger.finish(waiting, terminal, event(held.key))  # other tests count what is held


async def test_an_id_that_may_be_a_number_is_told_masked(store: TableStore) -> None:
    long_ago = timedelta(days=25_000)
    await TableLedger(store).claim(_accepted("4915123456789", ago=long_ago))
    found = await TableOverdueRequests(store).overdue(START - long_ago + timedelta(hours=1), START)
    assert found.requests == 1
    assert "23456" not in found.request_ids[0]


def _accepted(key: str, *, minute: int = 0, ago: timedelta) -> NewRecord:
    record = new(key)
    return replace(record, facts=replace(record.facts, accepted_at=START - ago + timedelta(minutes=minute)))
