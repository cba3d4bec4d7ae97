"""The ledger keeps the same promises in memory and in Table Storage: one suite for both."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from shared.codes import Code
from shared.errors import LedgerConflictError
from shared.messages.change_request import Operation
from shared.messages.completion_event import CompletionEvent, RequestFacts, event_id
from shared.outcome import KnownUser, Outcome, Verdict
from shared.phone.phone_type import PhoneType
from shared.plan import Watermark
from shared.record import Ending, Intent, NewRecord
from shared.tables.ledger import TableLedger
from shared.tables.notifications import TableNotificationLog
from shared.tables.store import TableStore
from shared.tables.waiting import TableWaitingRequests
from shared.tables.watermarks import TableWatermarks
from tests.fakes.clock import START, MovedClock
from tests.fakes.ledger import MemoryLedger, MemoryNotificationLog, MemoryWaitingRequests, MemoryWatermarks

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
_NUMBERS = count(1)
INTENT = Intent(Code.REPLACED, "+49 *********89", None)

type Ledger = MemoryLedger | TableLedger
type Marks = MemoryWatermarks | TableWatermarks
type Waiting = MemoryWaitingRequests | TableWaitingRequests
type Mails = MemoryNotificationLog | TableNotificationLog


@pytest.fixture(params=["memory", "tables"])
def ledger(request: pytest.FixtureRequest, store: TableStore) -> Ledger:
    return MemoryLedger() if request.param == "memory" else TableLedger(store)


@pytest.fixture(params=["memory", "tables"])
def marks(request: pytest.FixtureRequest, store: TableStore) -> Marks:
    return MemoryWatermarks() if request.param == "memory" else TableWatermarks(store)


@pytest.fixture(params=["memory", "tables"])
def waiting(request: pytest.FixtureRequest, store: TableStore) -> Waiting:
    return MemoryWaitingRequests() if request.param == "memory" else TableWaitingRequests(store)


@pytest.fixture(params=["memory", "tables"])
def mails(request: pytest.FixtureRequest, store: TableStore) -> Mails:
    return MemoryNotificationLog() if request.param == "memory" else TableNotificationLog(store, MovedClock())


def fresh() -> str:
    """A key that no other test uses: the tables outlive the test."""
    return f"R-{next(_NUMBERS)}.a_b:c-d"


def new(key: str, fingerprint: str = "f") -> NewRecord:
    return NewRecord(key, fingerprint, 7, RequestFacts(key, Operation.SET, PhoneType.MOBILE, "workday", "INC-1", START))


def ending(at: datetime = START) -> tuple[Ending, Callable[[str], CompletionEvent]]:
    verdict = Verdict(Outcome.CHANGED, Code.CREATED, user=KnownUser("id", "anna@contoso.example"))
    return Ending(verdict, "1+abc", at, 1), lambda key: CompletionEvent(
        event_id(key, Outcome.CHANGED), '{"ä": 1}', "changed", "created", "00-trace"
    )


async def finished(ledger: Ledger, at: datetime = START) -> str:
    key = fresh()
    record = await ledger.claim(new(key))
    terminal, event = ending(at)
    await ledger.finish(record, terminal, event(key))
    return key


async def test_the_first_claim_inserts_and_the_second_gives_what_is_there(ledger: Ledger) -> None:
    key = fresh()
    first = await ledger.claim(new(key))
    second = await ledger.claim(new(key, fingerprint="other"))
    assert second == first
    assert (first.fingerprint, first.sequence, first.finished, first.intent) == ("f", 7, False, None)


async def test_of_two_claims_at_once_both_get_the_same_record(ledger: Ledger) -> None:
    key = fresh()
    first, second = await asyncio.gather(ledger.claim(new(key, "a")), ledger.claim(new(key, "b")))
    assert first == second


async def test_an_intent_is_kept(ledger: Ledger) -> None:
    key = fresh()
    record = await ledger.claim(new(key))
    noted = await ledger.note_intent(record, INTENT)
    assert noted.intent == INTENT
    assert await ledger.claim(new(key)) == noted


async def test_an_intent_can_be_taken_back(ledger: Ledger) -> None:
    key = fresh()
    noted = await ledger.note_intent(await ledger.claim(new(key)), INTENT)
    await ledger.note_intent(noted, None)
    assert (await ledger.claim(new(key))).intent is None


async def test_a_finished_record_says_how_it_ended_and_whether_a_person_has_it(ledger: Ledger) -> None:
    key = fresh()
    record = await ledger.claim(new(key))
    verdict = Verdict(Outcome.FAILED, Code.PARTLY_REMOVED, "Removed: office.")
    event = CompletionEvent(event_id(key, Outcome.FAILED), "{}", "failed", "partly_removed")
    await ledger.finish(record, Ending(verdict, "1+abc", START, 1), event)
    ended = await ledger.claim(new(key))
    assert (ended.verdict, ended.parked) == (verdict, False)
    await ledger.mark_parked(ended)
    await ledger.mark_parked(ended)
    assert (await ledger.claim(new(key))).parked is True


async def test_a_record_that_changed_in_the_meantime_is_not_overwritten(ledger: Ledger) -> None:
    key = fresh()
    record = await ledger.claim(new(key))
    await ledger.note_intent(record, INTENT)
    terminal, event = ending()
    with pytest.raises(LedgerConflictError):
        await ledger.note_intent(record, INTENT)
    with pytest.raises(LedgerConflictError):
        await ledger.finish(record, terminal, event(key))
    assert (await ledger.claim(new(key))).finished is False


async def test_finishing_writes_outcome_and_unsent_event_together(ledger: Ledger) -> None:
    key = await finished(ledger)
    record = await ledger.claim(new(key))
    assert record.finished
    unsent = await ledger.unsent_of(record)
    assert unsent is not None
    assert (unsent.record_key, unsent.event) == (key, ending()[1](key))


async def test_an_event_leaves_the_outbox_once_and_for_all(ledger: Ledger) -> None:
    key = await finished(ledger)
    record = await ledger.claim(new(key))
    unsent = await ledger.unsent_of(record)
    assert unsent is not None
    await ledger.mark_dispatched(unsent)
    await ledger.mark_dispatched(unsent)
    assert await ledger.unsent_of(record) is None
    assert record.finished


async def test_the_outbox_is_walked_whole_and_only_as_far_as_it_is_old_enough(ledger: Ledger) -> None:
    old = {await finished(ledger, START - timedelta(minutes=5)) for _ in range(20)}
    young = {await finished(ledger, START + timedelta(days=1))}
    walked = {unsent.record_key async for unsent in ledger.unsent(START - timedelta(minutes=1))}
    assert old <= walked
    assert not young & walked


async def test_only_finished_records_past_their_retention_are_purged(ledger: Ledger) -> None:
    old = await finished(ledger, START - timedelta(days=4000))
    recent = await finished(ledger)
    unfinished = fresh()
    await ledger.claim(new(unfinished))
    assert await ledger.purge(START - timedelta(days=3999)) == 1
    assert not (await ledger.claim(new(old))).finished
    assert (await ledger.claim(new(recent))).finished
    assert not (await ledger.claim(new(unfinished))).finished


def mark(sequence: int) -> Watermark:
    return Watermark(sequence, f"R-{sequence}", "hash", START, START, seen=sequence % 2 == 0)


async def test_a_watermark_is_set_where_the_expected_one_stands_and_nowhere_else(marks: Marks) -> None:
    user = fresh()
    await marks.advance(user, PhoneType.MOBILE, mark(5), None)
    await marks.advance(user, PhoneType.MOBILE, mark(6), mark(5))
    for expected in (None, mark(5), mark(7)):
        with pytest.raises(LedgerConflictError):
            await marks.advance(user, PhoneType.MOBILE, mark(8), expected)
    assert await marks.read(user, tuple(PhoneType)) == {PhoneType.MOBILE: mark(6)}


async def test_of_many_that_advance_at_once_one_does(marks: Marks) -> None:
    user = fresh()
    answers = await asyncio.gather(
        *(marks.advance(user, PhoneType.OFFICE, mark(number), None) for number in (3, 1, 4, 2)), return_exceptions=True
    )
    assert [type(answer) for answer in answers].count(LedgerConflictError) == 3


async def test_a_user_is_held_by_one_request_until_it_lets_go_or_its_time_is_over(marks: Marks) -> None:
    user, later = fresh(), START + timedelta(minutes=5)
    assert await marks.hold(user, "R-1", later, START)
    assert await marks.hold(user, "R-1", later, START)
    assert not await marks.hold(user, "R-2", later, START)
    await marks.release(user, "R-2")
    assert not await marks.hold(user, "R-2", later, START)
    await marks.release(user, "R-1")
    await marks.release(user, "R-1")
    assert await marks.hold(user, "R-2", later, START)
    assert await marks.hold(user, "R-3", later + timedelta(minutes=5), later)
    assert await marks.hold(fresh(), "R-1", later, START)


async def test_of_many_that_want_a_user_at_once_one_gets_it(marks: Marks) -> None:
    user, later = fresh(), START + timedelta(minutes=5)
    taken = await asyncio.gather(*(marks.hold(user, f"R-{number}", later, START) for number in range(4)))
    assert taken.count(True) == 1


async def test_phone_types_and_users_have_marks_of_their_own(marks: Marks) -> None:
    user, other = fresh(), fresh()
    await marks.advance(user, PhoneType.MOBILE, mark(1), None)
    assert await marks.read(user, (PhoneType.OFFICE,)) == {}
    assert await marks.read(other, (PhoneType.MOBILE,)) == {}


async def test_a_waiting_request_is_seen_by_later_ones_of_the_same_user_and_phone_type(waiting: Waiting) -> None:
    user = f"guest_{fresh()}#ext#@contoso.example"
    await waiting.note(user, 10, (PhoneType.MOBILE,), 2)
    await waiting.note(user, 10, (PhoneType.MOBILE,), 1)
    assert await waiting.waits_for(user, 10) == 2
    assert await waiting.waits_for(user, 11) == 0
    assert await waiting.waits_before(user, 11, PhoneType.MOBILE)
    assert not await waiting.waits_before(user, 10, PhoneType.MOBILE)
    assert not await waiting.waits_before(user, 11, PhoneType.OFFICE)
    assert not await waiting.waits_before(fresh(), 11, PhoneType.MOBILE)
    await waiting.forget(user, 10)
    await waiting.forget(user, 10)
    assert not await waiting.waits_before(user, 11, PhoneType.MOBILE)


async def test_a_mail_is_remembered_by_event_and_recipient(mails: Mails) -> None:
    event = fresh()
    await mails.mark_sent(event, "Anna@contoso.example")
    assert await mails.was_sent(event, "anna@contoso.example")
    assert not await mails.was_sent(event, "boss@contoso.example")
    assert not await mails.was_sent(fresh(), "anna@contoso.example")


async def test_a_record_keeps_its_times_to_the_millisecond_in_utc(ledger: Ledger) -> None:
    at = START + timedelta(milliseconds=123)
    key = fresh()
    first = await ledger.claim(replace(new(key), facts=replace(new(key).facts, accepted_at=at)))
    assert (await ledger.claim(new(key))).accepted_at == first.accepted_at == at
