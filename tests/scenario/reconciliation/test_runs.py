"""Runs every quarter of an hour, beside a queue that works, loses messages, or cannot be asked about."""

import json
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import validate

from shared.errors import BusUnavailableError, LedgerUnavailableError, MonitorUnavailableError
from shared.reconciliation.findings import Overdue, Result
from shared.reconciliation.judging import LONGEST_GAP, QueueJudge
from shared.reconciliation.matching import Completed, Receipt, minute_of
from shared.reconciliation.receipts import Receipts
from shared.reconciliation.service import ReconciliationService
from shared.schemas import schemas
from tests.fakes.bus import MemoryEventSink
from tests.fakes.clock import START, MovedClock
from tests.unit.reconciliation.fakes import MemoryCount, MemoryOverdue, MemoryReceipts, MemoryReconciliationLog

QUEUE, APPROVALS = "phone-changes", "phone-approvals"
EVERY = timedelta(minutes=15)
LONGEST_AGE = timedelta(days=7)
DOWN = MonitorUnavailableError("Azure Monitor answers HTTP 403 AuthorizationFailed.")


@dataclass
class Scene:
    """A queue, its receipts, the monitor that counts, and the timer."""

    clock: MovedClock = field(default_factory=MovedClock)
    receipts: MemoryReceipts = field(default_factory=MemoryReceipts)
    count: MemoryCount = field(default_factory=MemoryCount)
    overdue: MemoryOverdue = field(default_factory=MemoryOverdue)
    log: MemoryReconciliationLog = field(default_factory=MemoryReconciliationLog)
    events: MemoryEventSink = field(default_factory=MemoryEventSink)
    sequence: int = 0

    @property
    def service(self) -> ReconciliationService:
        """A service built anew, as in another worker."""
        return ReconciliationService(
            clock=self.clock,
            log=self.log,
            judge=QueueJudge(self.count, self.receipts),
            requests=self.overdue,
            events=self.events,
            queues=(QUEUE, APPROVALS),
            longest_age=LONGEST_AGE,
            source="/test",
        )

    async def run(self, times: int = 1) -> list[Result]:
        """Lets the timer tick."""
        found = []
        for _ in range(times):
            self.clock.move(seconds=EVERY.total_seconds())
            found.append(await self.service.reconcile())
        return found

    def complete(self, at: datetime | None = None, *, seen: bool = True) -> None:
        """Lets a message be completed, seen by a function or not."""
        at, self.sequence = at or self.clock.now(), self.sequence + 1
        self.count.minutes.append((QUEUE, Completed(minute_of(at), 1)))
        if seen:
            self.receipts.written.add((QUEUE, Receipt(at, self.sequence)))

    def told(self) -> list[str]:
        """Gives the types of the events."""
        return [json.loads(event.body)["type"].removeprefix("mfaphone.reconcile.") for event in self.events.sent]


async def begun() -> Scene:
    """Gives a scene in which runs judge: the first two only begin to count."""
    scene = Scene()
    assert await scene.run(2) == [Result.UNKNOWN] * 2
    assert await scene.run() == [Result.BALANCED]
    return scene


async def test_a_message_that_no_function_saw_is_found_by_the_second_run_after_it() -> None:
    scene = await begun()
    scene.complete(seen=False)
    assert await scene.run(2) == [Result.BALANCED, Result.VANISHED]
    assert await scene.run() == [Result.BALANCED]


async def test_a_loss_and_its_end_are_one_event_each_with_what_was_found(caplog: pytest.LogCaptureFixture) -> None:
    scene = await begun()
    for _ in range(3):
        scene.complete(seen=False)
        await scene.run()
    await scene.run(3)
    assert scene.told() == ["vanished", "balanced"]
    lost = scene.events.sent[0]
    assert (lost.outcome, lost.code) == ("reconcile_vanished", "reconcile_vanished")
    body = json.loads(lost.body)
    assert body["data"]["queues"][0] == {"destination": QUEUE, "vanished": 1}
    for event in scene.events.sent:
        validate(json.loads(event.body), schemas()["reconcile-event.schema.json"])
    errors = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 3
    assert all(error.startswith("1 messages left the queue phone-changes between 2026-11-23T") for error in errors)


async def test_a_queue_that_works_is_balanced_whatever_the_monitor_does_in_between() -> None:
    """Also where it is in the dark for hours: the next run makes up for it."""
    scene = await begun()
    scene.complete()
    scene.count.faults = [DOWN] * 8
    assert await scene.run(4) == [Result.UNKNOWN] * 4
    scene.complete()
    assert await scene.run(3) == [Result.BALANCED] * 3


async def test_a_loss_while_the_monitor_cannot_be_asked_is_found_afterwards() -> None:
    scene = await begun()
    scene.count.faults = [DOWN] * 8
    scene.complete(seen=False)
    assert await scene.run(5) == [Result.UNKNOWN] * 4 + [Result.VANISHED]


async def test_one_queue_that_cannot_be_asked_about_hides_no_loss_of_the_other() -> None:
    scene = await begun()
    scene.count.minutes.append((APPROVALS, Completed(minute_of(scene.clock.now()), 1)))
    await scene.run()
    scene.count.faults = [DOWN]
    assert await scene.run() == [Result.VANISHED]
    assert json.loads(scene.events.sent[0].body)["data"]["queues"] == [
        {"destination": QUEUE, "vanished": None},
        {"destination": APPROVALS, "vanished": 1},
    ]


async def test_after_more_than_a_day_in_the_dark_it_is_counted_anew_and_said(caplog: pytest.LogCaptureFixture) -> None:
    scene = await begun()
    scene.complete(seen=False)
    scene.clock.move(seconds=(LONGEST_GAP + timedelta(hours=1)).total_seconds())
    assert await scene.run(3) == [Result.UNKNOWN, Result.UNKNOWN, Result.BALANCED]
    assert "what came before is not known" in caplog.text


async def test_without_a_monitor_nothing_is_balanced() -> None:
    scene = Scene()
    scene.clock.move(hours=1)
    blind = ReconciliationService(
        scene.clock,
        scene.log,
        QueueJudge(None, scene.receipts),
        scene.overdue,
        scene.events,
        (QUEUE,),
        LONGEST_AGE,
        "/test",
    )
    for _ in range(4):
        assert await blind.reconcile() is Result.UNKNOWN
        scene.clock.move(minutes=15)


async def test_calls_without_a_single_completion_are_no_balance_but_a_count_that_is_wrong() -> None:
    """Such as a filter that fits no queue: silence would look like health for ever."""
    scene = await begun()
    for number in range(20):
        scene.receipts.written.add((QUEUE, Receipt(scene.clock.now(), 1000 + number)))
    assert await scene.run(2) == [Result.BALANCED, Result.UNKNOWN]


@pytest.mark.parametrize("minutes", [1, 20, 300])
async def test_an_outage_of_the_storage_makes_no_message_vanish(minutes: int) -> None:
    """Messages go on as scheduled copies and are completed; their receipts come when the storage does."""
    scene = await begun()
    outage_begins = scene.clock.now() + timedelta(minutes=3)
    book, held = Receipts(MovedClock(outage_begins), scene.receipts), scene.receipts
    held.faults = [LedgerUnavailableError()]
    await book.received(QUEUE, 77)
    scene.count.minutes.append((QUEUE, Completed(minute_of(outage_begins), 1)))
    for _ in range(minutes // 15):
        scene.log.faults = [LedgerUnavailableError()]
        assert await scene.run() == [Result.UNKNOWN]
    # The run after the outage may come before the worker's next try.
    first = await scene.run()
    await book.settled()
    assert set(first + await scene.run(3)) == {Result.BALANCED}


async def test_of_two_runs_at_once_one_counts() -> None:
    scene = await begun()
    scene.complete(seen=False)
    await scene.run()
    scene.clock.move(minutes=15)
    scene.log.stale = [scene.log.current] * 2
    both = [await scene.service.reconcile(), await scene.service.reconcile()]
    assert both == [Result.VANISHED, Result.UNKNOWN]
    assert scene.told() == ["vanished"]


async def test_an_event_that_could_not_be_sent_is_sent_by_the_next_run_once() -> None:
    scene = await begun()
    scene.complete(seen=False)
    await scene.run()
    scene.events.faults = [BusUnavailableError()]
    assert await scene.run() == [Result.VANISHED]
    assert scene.told() == []
    scene.count.faults = [DOWN] * 4
    await scene.run(2)
    assert scene.told() == ["vanished"]


async def test_requests_that_never_ended_are_told_with_their_ids(caplog: pytest.LogCaptureFixture) -> None:
    scene = await begun()
    scene.overdue.found = Overdue(2, ("R-1", "R-2"))
    found = await scene.run(4)
    assert found[-1] is Result.OVERDUE
    assert scene.told() == ["overdue"]
    assert json.loads(scene.events.sent[0].body)["data"]["overdueRequests"] == ["R-1", "R-2"]
    assert "2 requests are past their end and have no outcome; the oldest: R-1, R-2" in caplog.text
    scene.overdue.found = Overdue()
    await scene.run(4)
    assert scene.told() == ["overdue", "balanced"]


async def test_the_ledger_is_asked_once_an_hour_about_requests_that_are_surely_past_their_end() -> None:
    scene = Scene()
    await scene.run(8)
    assert len(scene.overdue.asked) == 2
    accepted_before, held_before = scene.overdue.asked[0]
    assert held_before == START + EVERY - timedelta(hours=1)
    assert accepted_before == held_before - LONGEST_AGE


class Tally(logging.Handler):
    """Adds up what runs say that vanished."""

    found = 0

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno == logging.ERROR and isinstance(record.args, tuple):
            (lost, *_) = record.args
            assert isinstance(lost, int)
            self.found += lost


@given(st.lists(st.tuples(st.integers(0, 300), st.booleans()), max_size=30), st.sets(st.integers(0, 19), max_size=8))
async def test_at_the_end_as_much_was_found_as_vanished_whenever_runs_failed(
    messages: list[tuple[int, bool]], dark: set[int]
) -> None:
    scene, tally = await begun(), Tally()
    begin = scene.clock.now()
    for minute, seen in messages:
        scene.complete(begin + timedelta(minutes=minute), seen=seen)
    logger = logging.getLogger(QueueJudge.__module__)
    logger.addHandler(tally)
    for number in range(26):
        scene.count.faults = [DOWN] * 2 if number in dark else []
        await scene.run()
    logger.removeHandler(tally)
    assert tally.found == sum(not seen for _, seen in messages)
