"""What is past its retention goes, whatever table it is in; what a person must look at stays."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from shared.errors import LedgerConflictError
from shared.phone.phone_type import PhoneType
from shared.tables.ledger import TableLedger
from shared.tables.notifications import TableNotificationLog
from shared.tables.store import TableStore
from shared.tables.unfinished import TableUnfinishedRecords
from shared.tables.watermarks import TableWatermarks
from tests.contract.tables.test_holds import APPROVED, held_event, hold
from tests.contract.tables.test_ledger import ending, mark, new
from tests.fakes.clock import START, MovedClock

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
LONG_AGO = datetime(2001, 1, 1, tzinfo=START.tzinfo)
A_YEAR_LATER = LONG_AGO + timedelta(days=365)
OLD_MARK = replace(mark(1), advanced_at=LONG_AGO)
_NUMBERS = count(1)


def fresh() -> str:
    return f"retention-{next(_NUMBERS)}"


async def test_mails_that_were_sent_long_ago_are_forgotten_and_no_others(store: TableStore) -> None:
    event, recent = fresh(), fresh()
    for recipient in ("anna@contoso.example", "boss@contoso.example"):
        await TableNotificationLog(store, MovedClock(LONG_AGO)).mark_sent(event, recipient)
    mails = TableNotificationLog(store, MovedClock())
    await mails.mark_sent(recent, "anna@contoso.example")
    assert await mails.purge(A_YEAR_LATER) == 2
    assert await mails.purge(A_YEAR_LATER) == 0
    assert not await mails.was_sent(event, "anna@contoso.example")
    assert await mails.was_sent(recent, "anna@contoso.example")


async def test_watermarks_that_were_advanced_long_ago_are_deleted_and_no_others(store: TableStore) -> None:
    old, recent, marks = fresh(), fresh(), TableWatermarks(store)
    await marks.advance(old, PhoneType.MOBILE, OLD_MARK, None)
    await marks.advance(old, PhoneType.OFFICE, mark(2), None)
    await marks.advance(recent, PhoneType.MOBILE, OLD_MARK, None)
    await marks.advance(recent, PhoneType.MOBILE, mark(3), OLD_MARK)
    assert await marks.purge(A_YEAR_LATER) == 1
    assert await marks.read(old, tuple(PhoneType)) == {PhoneType.OFFICE: mark(2)}
    assert await marks.read(recent, tuple(PhoneType)) == {PhoneType.MOBILE: mark(3)}


async def test_a_hold_that_was_never_released_is_deleted_and_one_that_lasts_is_not(store: TableStore) -> None:
    forgotten, lasting, marks = fresh(), fresh(), TableWatermarks(store)
    await marks.hold(forgotten, "R-1", LONG_AGO, LONG_AGO)
    await marks.hold(lasting, "R-2", START, START)
    assert await marks.purge(A_YEAR_LATER) == 1
    assert not await marks.hold(lasting, "R-3", START, LONG_AGO)


async def test_a_watermark_that_advances_while_it_is_purged_stays(
    store: TableStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, marks = fresh(), TableWatermarks(store)
    await marks.advance(user, PhoneType.MOBILE, OLD_MARK, None)
    table = await store.table("watermarks")
    delete = table.delete_entity

    async def too_late(*row: Any, **condition: Any) -> None:
        await marks.advance(user, PhoneType.MOBILE, mark(2), OLD_MARK)
        await delete(*row, **condition)

    monkeypatch.setattr(table, "delete_entity", too_late)
    assert await marks.purge(A_YEAR_LATER) == 0
    assert await marks.read(user, (PhoneType.MOBILE,)) == {PhoneType.MOBILE: mark(2)}


async def test_a_watermark_that_is_purged_while_it_advances_is_a_lost_race(
    store: TableStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, marks = fresh(), TableWatermarks(store)
    await marks.advance(user, PhoneType.MOBILE, OLD_MARK, None)
    table = await store.table("watermarks")
    update = table.update_entity

    async def too_late(*row: Any, **condition: Any) -> None:
        await marks.purge(A_YEAR_LATER)
        await update(*row, **condition)

    monkeypatch.setattr(table, "update_entity", too_late)
    with pytest.raises(LedgerConflictError):
        await marks.advance(user, PhoneType.MOBILE, mark(2), OLD_MARK)


async def test_a_request_that_never_finished_is_counted_and_not_purged(store: TableStore) -> None:
    ledger, unfinished = TableLedger(store), TableUnfinishedRecords(store, MovedClock())
    before = await unfinished.count_unfinished(A_YEAR_LATER)
    stuck, done, recent = (new(fresh()) for _ in range(3))
    stuck, done = (replace(each, facts=replace(each.facts, accepted_at=LONG_AGO)) for each in (stuck, done))
    record = await ledger.claim(stuck)
    terminal, event = ending(LONG_AGO)
    await ledger.finish(await ledger.claim(done), terminal, event(done.key))
    await ledger.claim(recent)
    assert await ledger.purge(A_YEAR_LATER) == 1
    assert await unfinished.count_unfinished(A_YEAR_LATER) == before + 1
    assert await ledger.claim(stuck) == record


async def test_a_request_that_is_held_has_not_come_to_nothing_until_its_hold_expires(store: TableStore) -> None:
    ledger, clock = TableLedger(store), MovedClock()
    unfinished = TableUnfinishedRecords(store, clock)
    before = await unfinished.count_unfinished(A_YEAR_LATER)
    held = new(fresh())
    held = replace(held, facts=replace(held.facts, accepted_at=LONG_AGO))
    record = await ledger.hold(await ledger.claim(held), hold(), held_event(held.key))
    assert await unfinished.count_unfinished(A_YEAR_LATER) == before
    await ledger.decide_hold(record, APPROVED)
    assert await unfinished.count_unfinished(A_YEAR_LATER) == before
    clock.move(days=3)
    assert await unfinished.count_unfinished(A_YEAR_LATER) == before + 1
