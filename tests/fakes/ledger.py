"""The ledger, its outbox, the watermarks and the waiting requests in memory, with the conflicts of the real ones."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.brake_state import BrakeState, Entry
from shared.errors import LedgerConflictError
from shared.messages.completion_event import CompletionEvent
from shared.outcome import Verdict
from shared.phone.phone_type import PhoneType
from shared.plan import Watermark
from shared.ports import UnsentEvent
from shared.record import Ending, Intent, NewRecord, Record
from shared.request_hold import HoldDecision, RequestHold
from shared.tables.brake import RELEASED
from shared.tables.hold_text import held_by


@dataclass
class MemoryLedger:
    """Records by key; every change makes a new etag. `claim_faults` and `finish_faults` are used up first.

    A hold ends a step as an outcome does, and meets the same faults.
    """

    records: dict[str, Record] = field(default_factory=dict)
    facts: dict[str, NewRecord] = field(default_factory=dict)
    endings: dict[str, Ending] = field(default_factory=dict)
    outbox: dict[str, tuple[datetime, UnsentEvent]] = field(default_factory=dict)
    claim_faults: list[Exception] = field(default_factory=list)
    finish_faults: list[Exception] = field(default_factory=list)
    _changes: int = 0

    async def claim(self, new: NewRecord) -> Record:
        if self.claim_faults:
            raise self.claim_faults.pop(0)
        if new.key not in self.records:
            self.facts[new.key] = new
            self.records[new.key] = Record(
                new.key,
                new.fingerprint,
                new.sequence,
                new.facts.accepted_at,
                self._next_etag(),
                requested_by=new.facts.requested_by or "",
                reason=new.facts.reason or "",
                operation=new.facts.operation,
                undoes=new.facts.undoes or "",
                user_key=new.user_key,
            )
        return self.records[new.key]

    async def find(self, key: str) -> Record | None:
        return self.records.get(key)

    async def hold(self, record: Record, hold: RequestHold, event: CompletionEvent) -> Record:
        self._unchanged(record)
        if self.finish_faults:
            raise self.finish_faults.pop(0)
        self.outbox[event.id] = (hold.placed_at, UnsentEvent(record.key, event))
        return self._held(record, hold)

    async def decide_hold(self, record: Record, decision: HoldDecision) -> Record:
        self._unchanged(record)
        return self._held(record, replace(held_by(record), decision=decision))

    async def note_intent(self, record: Record, intent: Intent | None) -> Record:
        self._unchanged(record)
        self.records[record.key] = replace(record, intent=intent, etag=self._next_etag())
        return self.records[record.key]

    async def finish(self, record: Record, ending: Ending, event: CompletionEvent) -> None:
        self._unchanged(record)
        if self.finish_faults:
            raise self.finish_faults.pop(0)
        verdict = Verdict(ending.verdict.outcome, ending.verdict.code, ending.verdict.detail)
        self.records[record.key] = replace(record, verdict=verdict, event_id=event.id, etag=self._next_etag())
        self.endings[record.key] = ending
        self.outbox[event.id] = (ending.finished_at, UnsentEvent(record.key, event))

    async def mark_parked(self, record: Record) -> None:
        self.records[record.key] = replace(self.records[record.key], parked=True)

    async def unsent_of(self, record: Record) -> UnsentEvent | None:
        entry = self.outbox.get(record.event_id)
        return entry[1] if entry else None

    async def unsent(self, older_than: datetime) -> AsyncIterator[UnsentEvent]:
        for recorded_at, unsent in list(self.outbox.values()):
            if recorded_at < older_than:
                yield replace(unsent, recorded_at=recorded_at)

    async def mark_dispatched(self, unsent: UnsentEvent) -> None:
        self.outbox.pop(unsent.event.id, None)

    async def purge(self, finished_before: datetime) -> int:
        old = [key for key, ending in self.endings.items() if ending.finished_at < finished_before]
        for key in old:
            del self.endings[key], self.records[key], self.facts[key]
        return len(old)

    def _held(self, record: Record, hold: RequestHold) -> Record:
        self.records[record.key] = replace(record, hold=hold, etag=self._next_etag())
        return self.records[record.key]

    def _unchanged(self, record: Record) -> None:
        if self.records[record.key].etag != record.etag:
            raise LedgerConflictError

    def _next_etag(self) -> str:
        self._changes += 1
        return str(self._changes)


@dataclass
class MemoryWatermarks:
    """Marks by user and phone type; `unseen_reads` reads come too early to see any."""

    marks: dict[tuple[str, PhoneType], Watermark] = field(default_factory=dict)
    unseen_reads: int = 0
    held: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    async def read(self, user_id: str, phone_types: tuple[PhoneType, ...]) -> Mapping[PhoneType, Watermark]:
        if self.unseen_reads:
            self.unseen_reads -= 1
            return {}
        return {name: self.marks[user_id, name] for name in phone_types if (user_id, name) in self.marks}

    async def advance(self, user_id: str, phone_type: PhoneType, mark: Watermark, expected: Watermark | None) -> None:
        if self.marks.get((user_id, phone_type)) != expected:
            raise LedgerConflictError
        self.marks[user_id, phone_type] = mark

    async def hold(self, user_id: str, holder: str, until: datetime, now: datetime) -> bool:
        held_by, held_until = self.held.get(user_id, (holder, until))
        if held_by != holder and held_until > now:
            return False
        self.held[user_id] = holder, until
        return True

    async def release(self, user_id: str, holder: str) -> None:
        if self.held.get(user_id, ("",))[0] == holder:
            del self.held[user_id]


@dataclass
class MemoryWaitingRequests:
    """Waiting requests by session and sequence."""

    waiting: dict[tuple[str, int], tuple[PhoneType, ...]] = field(default_factory=dict)
    attempts: dict[tuple[str, int], int] = field(default_factory=dict)

    async def note(self, user_key: str, sequence: int, phone_types: tuple[PhoneType, ...], attempt: int) -> None:
        self.waiting[user_key, sequence] = phone_types
        self.attempts[user_key, sequence] = max(attempt, self.attempts.get((user_key, sequence), 0))

    async def waits_for(self, user_key: str, sequence: int) -> int:
        return self.attempts.get((user_key, sequence), 0)

    async def forget(self, user_key: str, sequence: int) -> None:
        self.waiting.pop((user_key, sequence), None)
        self.attempts.pop((user_key, sequence), None)

    async def waits_before(self, user_key: str, sequence: int, phone_type: PhoneType) -> bool:
        return any(
            key == user_key and number < sequence and phone_type in types
            for (key, number), types in self.waiting.items()
        )


@dataclass
class MemoryNotificationLog:
    """Mails that went out."""

    sent: set[tuple[str, str]] = field(default_factory=set)

    async def was_sent(self, event_id: str, recipient: str) -> bool:
        return (event_id, recipient.casefold()) in self.sent

    async def mark_sent(self, event_id: str, recipient: str) -> None:
        self.sent.add((event_id, recipient.casefold()))


@dataclass
class MemoryBrakeLog:
    """The brake's state and what it counted."""

    current: BrakeState = RELEASED
    counted: list[Entry] = field(default_factory=list)
    _changes: int = 0

    async def state(self) -> BrakeState:
        return self.current

    async def put(self, state: BrakeState) -> BrakeState:
        if state.etag != self.current.etag:
            raise LedgerConflictError
        self._changes += 1
        self.current = replace(state, etag=str(self._changes))
        return self.current

    async def record(self, entry: Entry) -> None:
        self.counted.append(entry)

    async def entries(self, since: datetime) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.counted if entry.at >= since)

    async def purge(self, before: datetime) -> int:
        old = [entry for entry in self.counted if entry.at < before]
        self.counted = [entry for entry in self.counted if entry.at >= before]
        return len(old)
