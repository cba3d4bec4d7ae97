"""The brake keeps the same promises in memory and in Table Storage."""

from datetime import timedelta
from itertools import count

import pytest

from shared.brake_state import Entry, Kind
from shared.errors import LedgerConflictError
from shared.tables.brake import RELEASED, TableBrakeLog
from shared.tables.store import TableStore
from tests.fakes.clock import START
from tests.fakes.ledger import MemoryBrakeLog

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
_MOMENTS = count(1)

type Log = MemoryBrakeLog | TableBrakeLog


@pytest.fixture(params=["memory", "tables"])
def log(request: pytest.FixtureRequest, store: TableStore) -> Log:
    return MemoryBrakeLog() if request.param == "memory" else TableBrakeLog(store)


async def test_the_state_is_changed_only_by_whoever_has_seen_it(log: Log) -> None:
    assert await log.state() == RELEASED
    first = await log.put(RELEASED)
    with pytest.raises(LedgerConflictError):
        await log.put(RELEASED)
    second = await log.put(first)
    with pytest.raises(LedgerConflictError):
        await log.put(first)
    assert await log.state() == second


async def test_what_was_counted_is_given_from_a_moment_on_and_purged_before_one(log: Log) -> None:
    since = START + timedelta(days=next(_MOMENTS))
    entries = [Entry(since + timedelta(minutes=minute), Kind.WRITE, f"R-{minute}", "id") for minute in range(4)]
    for entry in entries:
        await log.record(entry)
    assert await log.entries(since + timedelta(minutes=1)) == tuple(entries[1:])
    assert await log.purge(since + timedelta(minutes=3)) >= 3
    assert await log.entries(since) == (entries[3],)
    await log.purge(since + timedelta(days=1))
