"""A held request: the same promises in memory and in Table Storage, and rows that outlive their version."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.codes import Code
from shared.errors import LedgerConflictError, LedgerUnavailableError, MfaPhoneError
from shared.messages.completion_event import CompletionEvent
from shared.outcome import KnownUser
from shared.policy.answers import Answer
from shared.policy.finding import Finding
from shared.policy.proof import LockOutProof, MethodProof
from shared.record import Record
from shared.request_hold import HoldDecision, HoldState, RequestHold
from shared.tables.hold_text import hold_of, hold_text
from shared.tables.ledger import TableLedger
from shared.tables.ledger_rows import request_key
from shared.tables.store import TableStore
from tests.contract.tables.test_ledger import Ledger, ending, fresh, new
from tests.fakes.clock import START
from tests.fakes.ledger import MemoryLedger

pytestmark = [pytest.mark.asyncio(loop_scope="package")]
TOO_LONG = "x" * 40_000
APPROVED = HoldDecision(HoldState.APPROVED, "boss@contoso.example", "I asked her.", START, "A-1")
CANCELLED = replace(APPROVED, state=HoldState.CANCELLED, approval_id="A-2")
TOO_SOON = Finding(Code.COOL_DOWN, "The last one was an hour ago.", Answer.HOLD)
WARNED = Finding(Code.TENANT_LIMIT, "", Answer.ALLOW, excused_by="X-7")


@pytest.fixture(params=["memory", "tables"])
def ledger(request: pytest.FixtureRequest, store: TableStore) -> Ledger:
    return MemoryLedger() if request.param == "memory" else TableLedger(store)


def hold(**changed: Any) -> RequestHold:
    told = RequestHold(
        findings=(TOO_SOON, WARNED),
        placed_at=START,
        expires_at=START + timedelta(days=3),
        user=KnownUser("id", "anna@contoso.example"),
        masked_number="+49 *********89",
        releases_at=START + timedelta(hours=4),
    )
    return replace(told, **changed)


def held_event(key: str) -> CompletionEvent:
    return CompletionEvent(f"{key}:held", '{"ä": 1}', "held", "cool_down", "00-trace")


async def held(ledger: Ledger) -> Record:
    key = fresh()
    return await ledger.hold(await ledger.claim(new(key)), hold(), held_event(key))


async def test_a_record_is_found_by_its_key_and_says_who_asked_and_for_whom(ledger: Ledger) -> None:
    key = fresh()
    assert await ledger.find(key) is None
    record = await ledger.claim(replace(new(key), user_key="anna@contoso.example"))
    assert await ledger.find(key) == record
    assert (record.requested_by, record.user_key) == ("workday", "anna@contoso.example")


async def test_a_hold_is_kept_whole_and_its_event_waits_in_the_outbox(ledger: Ledger) -> None:
    record = await held(ledger)
    assert record.hold == hold()
    assert await ledger.find(record.key) == record
    assert not record.finished
    waiting = [
        unsent async for unsent in ledger.unsent(START + timedelta(seconds=1)) if unsent.record_key == record.key
    ]
    assert [unsent.event for unsent in waiting] == [held_event(record.key)]
    await ledger.mark_dispatched(waiting[0])
    assert record.key not in [unsent.record_key async for unsent in ledger.unsent(START + timedelta(seconds=1))]


@pytest.mark.parametrize("decision", [APPROVED, CANCELLED], ids=lambda decision: decision.state)
async def test_what_a_person_decided_is_kept_with_the_hold(ledger: Ledger, decision: HoldDecision) -> None:
    decided = await ledger.decide_hold(await held(ledger), decision)
    assert decided.hold == hold(decision=decision)
    assert await ledger.find(decided.key) == decided


async def test_of_two_persons_who_decide_at_once_the_second_is_told(ledger: Ledger) -> None:
    record = await held(ledger)
    decided = await ledger.decide_hold(record, CANCELLED)
    with pytest.raises(LedgerConflictError):
        await ledger.decide_hold(record, APPROVED)
    assert await ledger.find(record.key) == decided


async def test_a_record_that_changed_in_the_meantime_is_not_held(ledger: Ledger) -> None:
    key = fresh()
    record = await ledger.claim(new(key))
    terminal, event = ending()
    await ledger.finish(record, terminal, event(key))
    with pytest.raises(LedgerConflictError):
        await ledger.hold(record, hold(), held_event(key))
    found = await ledger.find(key)
    assert found is not None
    assert (found.finished, found.hold) == (True, None)
    assert f"{key}:held" not in [unsent.event.id async for unsent in ledger.unsent(START + timedelta(seconds=1))]


async def test_a_held_request_may_be_held_once_more_and_may_finish(ledger: Ledger) -> None:
    approved = await ledger.decide_hold(await held(ledger), APPROVED)
    again = await ledger.hold(approved, hold(generation=2), held_event(approved.key))
    assert again.hold == hold(generation=2)
    terminal, event = ending()
    await ledger.finish(again, terminal, event(again.key))
    found = await ledger.find(again.key)
    assert found is not None
    assert (found.finished, found.hold) == (True, hold(generation=2))


async def test_nobody_can_decide_about_a_request_that_is_not_held(ledger: Ledger) -> None:
    record = await ledger.claim(new(fresh()))
    with pytest.raises(ValueError, match="not held"):
        await ledger.decide_hold(record, APPROVED)


async def test_a_hold_whose_event_cannot_be_written_is_not_written_either(store: TableStore) -> None:
    ledger, key = TableLedger(store), fresh()
    record = await ledger.claim(new(key))
    with pytest.raises(MfaPhoneError):
        await ledger.hold(record, hold(), replace(held_event(key), body=TOO_LONG))
    assert await ledger.find(key) == record


async def test_an_operator_can_ask_for_what_waits(store: TableStore) -> None:
    ledger = TableLedger(store)
    waiting, decided = await held(ledger), await held(ledger)
    await ledger.decide_hold(decided, CANCELLED)
    table = await store.table("ledger")
    rows = [row["RowKey"] async for row in table.query_entities("holdState eq 'waiting'")]
    assert request_key(waiting.key)[1] in rows
    assert request_key(decided.key)[1] not in rows


async def test_a_finished_row_keeps_what_the_decision_rests_on(store: TableStore) -> None:
    ledger, key = TableLedger(store), fresh()
    method = MethodProof("phone (mobile)", usable=True, why="Counts once.")
    proof = LockOutProof(date(2026, 11, 23), 2, 1, 1, (method,))
    terminal, event = ending()
    verdict = replace(terminal.verdict, findings=(TOO_SOON, WARNED), proof=proof)
    await ledger.finish(await ledger.claim(new(key)), replace(terminal, verdict=verdict), event(key))
    row = await (await store.table("ledger")).get_entity(*request_key(key))
    assert [(told["code"], told["answer"], told["excusedBy"]) for told in json.loads(row["findings"])] == [
        ("cool_down", "hold", None),
        (WARNED.code.value, "allow", "X-7"),
    ]
    assert json.loads(row["findings"])[0]["message"] == TOO_SOON.message
    assert json.loads(row["proof"]) == {
        "asOf": "2026-11-23",
        "before": 2,
        "after": 1,
        "minimum": 1,
        "exempt": None,
        "methods": [{"method": "phone (mobile)", "usable": True, "why": "Counts once."}],
    }


async def test_a_hold_that_an_older_version_wrote_is_read_with_the_defaults() -> None:
    fields = json.loads(hold_text(hold()))
    for younger in ("generation", "decision", "releases_at", "masked_number", "previous_masked_number"):
        del fields[younger]
    del fields["findings"][0]["excused_by"]
    read = hold_of(json.dumps({**fields, "of_a_later_version": 1}))
    assert read == hold(releases_at=None, masked_number=None)


async def test_a_ledger_that_does_not_answer_leaves_the_request_as_it_was() -> None:
    """The fake meets its planned fault at a hold as it does at an outcome."""
    ledger, key = MemoryLedger(finish_faults=[LedgerUnavailableError()]), fresh()
    record = await ledger.claim(new(key))
    with pytest.raises(LedgerUnavailableError):
        await ledger.hold(record, hold(), held_event(key))
    assert await ledger.find(key) == record
    assert ledger.outbox == {}
