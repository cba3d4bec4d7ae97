"""The log of runs keeps the same promises in memory and in Table Storage."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest
import pytest_asyncio

from shared.compliance.summary import PastRun
from shared.errors import LedgerConflictError
from shared.sweep.words import Chain, ChainState, Run, run_id_of
from shared.tables import sweep_runs
from shared.tables.store import TableStore
from shared.tables.sweep_runs import TableRunLog
from tests.fakes.clock import START
from tests.fakes.sweep import MemoryRunLog

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
_TABLES = count()
_DAY = timedelta(days=1)

type Log = MemoryRunLog | TableRunLog


@pytest_asyncio.fixture(params=["memory", "tables"], loop_scope="package")
async def log(request: pytest.FixtureRequest, store: TableStore, monkeypatch: pytest.MonkeyPatch) -> Log:
    """A log of its own for each test."""
    monkeypatch.setattr(sweep_runs, "TABLE", f"sweepruns{next(_TABLES)}")
    return MemoryRunLog() if request.param == "memory" else TableRunLog(store)


def run(started: datetime = START) -> Run:
    return Run(run_id_of(started), started, "7")


def past(of: Run, phone_only: int = 3) -> PastRun:
    return PastRun(
        run_id=of.run_id,
        at=of.started_at + timedelta(hours=1),
        complete=True,
        enabled=9,
        phone_only=phone_only,
        no_method=1,
        violations=4,
    )


def state(chain: Chain = Chain.PEOPLE) -> ChainState:
    return ChainState(run().run_id, chain, changed_at=START)


async def test_nothing_is_known_at_first(log: Log) -> None:
    assert (await log.current(), await log.history(), await log.chains(run().run_id)) == (None, (), ())
    assert await log.chain(run().run_id, Chain.PEOPLE) is None


async def test_a_run_that_begins_is_the_newest_until_the_next_one(log: Log) -> None:
    begun = await log.begin(run())
    assert await log.current() == begun
    assert (begun.run_id, begun.started_at, begun.policy_version) == (run().run_id, START, "7")
    await log.end(begun, past(begun))
    tomorrow = await log.begin(run(START + _DAY))
    assert await log.current() == tomorrow


async def test_no_run_begins_while_one_is_under_way_nor_twice_in_a_minute(log: Log) -> None:
    begun = await log.begin(run())
    with pytest.raises(LedgerConflictError):
        await log.begin(run(START + _DAY))
    await log.end(begun, past(begun))
    with pytest.raises(LedgerConflictError):
        await log.begin(run())


@pytest.mark.parametrize("is_first", [True, False])
async def test_of_two_timers_at_once_one_begins_a_run(
    store: TableStore, monkeypatch: pytest.MonkeyPatch, *, is_first: bool
) -> None:
    """Each has read that there is no run under way before the other one begins."""
    monkeypatch.setattr(sweep_runs, "TABLE", f"sweepruns{next(_TABLES)}")
    log, both_have_read = TableRunLog(store), asyncio.Barrier(2)
    if not is_first:
        await log.end(await log.begin(run(START - _DAY)), None)
    read = TableRunLog.current

    async def read_together(log: TableRunLog) -> Run | None:
        found = await read(log)
        await both_have_read.wait()
        return found

    monkeypatch.setattr(TableRunLog, "current", read_together)
    answers = await asyncio.gather(log.begin(run()), log.begin(run(START)), return_exceptions=True)
    monkeypatch.undo()
    assert [type(answer) for answer in answers].count(LedgerConflictError) == 1


async def test_a_run_ends_once_and_leaves_its_figures(log: Log) -> None:
    begun = await log.begin(run())
    for phone_only in (3, 5):
        await log.end(begun, past(begun, phone_only))
    ended = await log.current()
    assert ended is not None
    assert ended.finished_at == past(begun).at
    assert await log.history() == (past(begun),)


async def test_a_run_that_came_to_nothing_leaves_no_figures(log: Log) -> None:
    await log.end(await log.begin(run()), None)
    ended = await log.current()
    assert ended is not None
    assert ended.finished_at is not None
    assert await log.history() == ()


async def test_the_end_of_an_older_run_does_not_touch_the_newest(log: Log) -> None:
    old = await log.begin(run())
    await log.end(old, None)
    new = await log.begin(run(START + _DAY))
    await log.end(old, past(old))
    assert await log.current() == new


async def test_the_history_begins_with_the_oldest_and_ends_with_the_newest_of_many(log: Log) -> None:
    for day in (2, 0, 1):
        await log.end(run(START + day * _DAY), past(run(START + day * _DAY)))
    assert [found.at for found in await log.history()] == [past(run(START + day * _DAY)).at for day in range(3)]


async def test_only_the_newest_runs_are_told(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_runs, "_MOST_HISTORY", 2)
    monkeypatch.setattr("tests.fakes.sweep._MOST_HISTORY", 2)
    for day in (2, 0, 1):
        await log.end(run(START + day * _DAY), past(run(START + day * _DAY)))
    assert [found.run_id for found in await log.history()] == [run(START + day * _DAY).run_id for day in (1, 2)]


async def test_a_chain_opens_once_and_is_found_with_all_that_it_says(log: Log) -> None:
    told = replace(
        state(),
        step=7,
        cursor='{"link": "https://graph.microsoft.com/v1.0/users?$skiptoken=ä"}',
        counts=(("pages", 7), ("rows", 6_993)),
        remarks=("Without a P1 licence there is no report.",),
        not_before=START + timedelta(milliseconds=2_040),
    )
    opened = await log.open(told)
    assert replace(opened, etag="") == told
    assert await log.open(state()) == opened
    assert await log.chain(told.run_id, told.chain) == opened
    assert await log.chains(told.run_id) == (opened,)


async def test_a_chain_is_advanced_only_by_whoever_has_seen_it(log: Log) -> None:
    first = await log.open(state())
    second = await log.advance(replace(first, step=1, changed_at=START + _DAY))
    with pytest.raises(LedgerConflictError):
        await log.advance(replace(first, step=1))
    third = await log.advance(replace(second, done=True))
    assert await log.chain(first.run_id, first.chain) == third
    assert (third.step, third.done, third.changed_at) == (1, True, START + _DAY)


async def test_two_workers_that_have_done_a_step_count_it_once(log: Log) -> None:
    opened = await log.open(state())
    done = replace(opened, step=1, counts=(("rows", 999),))
    answers = await asyncio.gather(log.advance(done), log.advance(done), return_exceptions=True)
    assert [type(answer) for answer in answers].count(LedgerConflictError) == 1
    found = await log.chain(opened.run_id, opened.chain)
    assert found is not None
    assert (found.step, found.count("rows")) == (1, 999)


async def test_forgetting_a_run_leaves_other_runs_and_all_figures(log: Log) -> None:
    begun = await log.begin(run())
    other = await log.open(replace(state(), run_id=run(START + _DAY).run_id))
    for chain in Chain:
        await log.open(state(chain))
    await log.end(begun, past(begun))
    for _ in range(2):
        await log.forget(begun.run_id)
    assert await log.chains(begun.run_id) == ()
    assert await log.chains(other.run_id) == (other,)
    assert await log.history() == (past(begun),)


async def test_a_chain_that_was_forgotten_under_way_is_a_lost_race(store: TableStore) -> None:
    log = TableRunLog(store)
    opened = await log.open(replace(state(), run_id="20200101T0000Z"))
    await log.forget(opened.run_id)
    with pytest.raises(LedgerConflictError):
        await log.advance(replace(opened, step=1))
