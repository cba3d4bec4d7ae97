"""Claims of notices keep the same promises in memory and in Table Storage."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
import pytest_asyncio

from shared.sweep.ports import Claim, Notice
from shared.tables import passkey_notices
from shared.tables.passkey_notices import TableNoticeLog
from shared.tables.store import TableStore
from tests.fakes.clock import START
from tests.fakes.sweep import MemoryNotices

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
_TABLES = count()
PERIOD = timedelta(days=28)
ANNA = Notice("Anna", "2026-11-24", "20261126T0100Z", START)

type Log = MemoryNotices | TableNoticeLog


@pytest_asyncio.fixture(params=["memory", "tables"], loop_scope="package")
async def log(request: pytest.FixtureRequest, store: TableStore, monkeypatch: pytest.MonkeyPatch) -> Log:
    """A log of its own for each test."""
    monkeypatch.setattr(passkey_notices, "TABLE", f"passkeynotices{next(_TABLES)}")
    return MemoryNotices() if request.param == "memory" else TableNoticeLog(store)


def later(days: int) -> Notice:
    return replace(ANNA, run_id=f"run{days}", wave=f"wave{days}", claimed_at=START + timedelta(days=days))


async def test_a_notice_is_claimed_once_in_a_period(log: Log) -> None:
    assert await log.claim(ANNA, PERIOD) is Claim.TAKEN
    assert await log.claim(later(27), PERIOD) is Claim.TOLD
    assert await log.claim(later(28), PERIOD) is Claim.TAKEN
    assert await log.claim(later(29), PERIOD) is Claim.TOLD


async def test_a_run_meets_its_own_claim(log: Log) -> None:
    await log.claim(ANNA, PERIOD)
    assert await log.claim(replace(ANNA, claimed_at=START + timedelta(minutes=5)), PERIOD) is Claim.OURS


async def test_a_wave_counts_what_it_has_claimed(log: Log) -> None:
    for name in ("anna", "ben", "cleo"):
        await log.claim(replace(ANNA, user_id=name), PERIOD)
    await log.claim(replace(later(3), user_id="dora"), PERIOD)
    assert (await log.count(ANNA.wave), await log.count("wave3"), await log.count("none")) == (3, 1, 0)


async def test_a_claim_that_is_taken_back_is_free_again_and_another_runs_stays(log: Log) -> None:
    await log.claim(ANNA, PERIOD)
    await log.release(later(1))
    assert await log.claim(later(1), PERIOD) is Claim.TOLD
    await log.release(ANNA)
    await log.release(ANNA)
    assert await log.claim(later(1), PERIOD) is Claim.TAKEN


async def test_of_two_workers_one_gets_the_claim(store: TableStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkey_notices, "TABLE", f"passkeynotices{next(_TABLES)}")
    log = TableNoticeLog(store)
    for first, second in ((later(0), later(1)), (later(100), later(101))):
        claims = await asyncio.gather(log.claim(first, PERIOD), log.claim(second, PERIOD))
        assert sorted(claims) == [Claim.TAKEN, Claim.TOLD]


async def test_ids_that_differ_in_case_are_one_person(store: TableStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkey_notices, "TABLE", f"passkeynotices{next(_TABLES)}")
    log = TableNoticeLog(store)
    await log.claim(ANNA, PERIOD)
    assert await log.claim(replace(later(1), user_id="ANNA"), PERIOD) is Claim.TOLD


async def test_old_claims_are_purged(store: TableStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkey_notices, "TABLE", f"passkeynotices{next(_TABLES)}")
    log = TableNoticeLog(store)
    await log.claim(ANNA, PERIOD)
    await log.claim(replace(later(9), user_id="ben"), PERIOD)
    assert await log.purge(START + timedelta(days=9)) == 1
    assert await log.count("wave9") == 1
