"""A receipt stands before anything is done with a message, and never fails one."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.errors import LedgerRefusedError, LedgerUnavailableError
from shared.reconciliation import receipts
from shared.reconciliation.matching import Receipt
from shared.reconciliation.receipts import Receipts
from shared.reconciliation.service import FLUSH
from tests.fakes.clock import START, MovedClock
from tests.unit.reconciliation.fakes import MemoryReceipts


class Hanging(MemoryReceipts):
    """A storage that answers nothing, once."""

    async def write(self, receipts: Sequence[tuple[str, Receipt]]) -> None:
        if self.faults:
            self.faults.pop(0)
            await asyncio.Event().wait()
        await super().write(receipts)


async def test_a_message_is_noted_with_its_queue_its_number_and_the_time() -> None:
    store, clock = MemoryReceipts(), MovedClock()
    book = Receipts(clock, store)
    await book.received("phone-changes", 7)
    clock.move(seconds=1)
    await book.received("phone-changes/$deadletterqueue", 7)
    later = START + timedelta(seconds=1)
    assert store.written == {
        ("phone-changes", Receipt(START, 7)),
        ("phone-changes", Receipt(later, 7, dead_letter=True)),
    }


@pytest.mark.parametrize(
    "fault", [LedgerUnavailableError(), LedgerRefusedError(status=400, code="InvalidInput"), ValueError("a bug")]
)
async def test_a_receipt_that_is_not_taken_fails_no_message_and_is_written_later_with_its_own_time(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    store, clock = MemoryReceipts(faults=[fault] * 3), MovedClock()
    book = Receipts(clock, store)
    with caplog.at_level(logging.WARNING):
        await book.received("phone-changes", 7)
    assert store.written == set()
    assert "1 receipts of messages wait to be written" in caplog.text
    await book.settled()
    assert store.written == {("phone-changes", Receipt(START, 7))}
    assert clock.now() > START


async def test_a_message_is_not_held_up_by_what_the_storage_did_not_take_before() -> None:
    store = MemoryReceipts(faults=[LedgerUnavailableError()])
    book = Receipts(MovedClock(), store)
    await book.received("phone-changes", 7)
    await book.received("phone-changes", 8)
    assert {receipt.sequence for _, receipt in store.written} == {8}
    await book.settled()
    assert {receipt.sequence for _, receipt in store.written} == {7, 8}


class Small(MemoryReceipts):
    """A storage that takes a hundred at a time, and stumbles after each."""

    async def write(self, receipts: Sequence[tuple[str, Receipt]]) -> None:
        assert len(receipts) <= 100
        await super().write(receipts)
        self.faults.append(LedgerUnavailableError())


async def test_however_much_an_outage_left_each_part_that_is_taken_is_done_with() -> None:
    store = Small(faults=[LedgerUnavailableError() for _ in range(950)])
    book = Receipts(MovedClock(), store)
    await asyncio.gather(*(book.received("phone-changes", number) for number in range(950)))
    await book.settled()
    assert {receipt.sequence for _, receipt in store.written} == set(range(950))


async def test_a_storage_that_hangs_holds_up_a_message_for_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert receipts._WRITE_SECONDS <= 5  # noqa: SLF001 - the bound is what is promised
    monkeypatch.setattr(receipts, "_WRITE_SECONDS", 0.0)
    store = Hanging(faults=[LedgerUnavailableError()])
    book = Receipts(MovedClock(), store)
    await book.received("phone-changes", 7)
    assert store.written == set()
    monkeypatch.undo()
    await book.settled()
    assert {receipt.sequence for _, receipt in store.written} == {7}


async def test_after_an_outage_everything_is_written_before_it_is_judged() -> None:
    """However long it took: the pauses between tries stay shorter than the reconciliation waits."""
    store, clock = MemoryReceipts(faults=[LedgerUnavailableError()] * 100), MovedClock()
    book = Receipts(clock, store)
    await book.received("phone-changes", 7)
    await book.settled()
    assert store.written
    assert timedelta(seconds=max(clock.waits)) < FLUSH / 2
