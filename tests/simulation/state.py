"""The state storage of a simulation: the memory ledger, watermarks and notes, with faults around every operation."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.messages.completion_event import CompletionEvent
from shared.phone.phone_type import PhoneType
from shared.plan import Watermark
from shared.ports import UnsentEvent
from shared.record import Ending, Intent, NewRecord, Record
from tests.fakes.ledger import MemoryLedger, MemoryNotificationLog, MemoryWaitingRequests, MemoryWatermarks
from tests.simulation.faults import Faults
from tests.simulation.history import CURRENT, History, Op


@dataclass
class SimulatedState:
    """Ledger, outbox, watermarks and waiting requests, as ports of the change service."""

    history: History
    faults: Faults
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    marks: MemoryWatermarks = field(default_factory=MemoryWatermarks)
    waiting: MemoryWaitingRequests = field(default_factory=MemoryWaitingRequests)

    async def claim(self, new: NewRecord) -> Record:
        return await self.faults.around(lambda: self.ledger.claim(new), self.faults.ledger)

    async def note_intent(self, record: Record, intent: Intent | None) -> Record:
        return await self.faults.around(lambda: self.ledger.note_intent(record, intent), self.faults.ledger)

    async def finish(self, record: Record, ending: Ending, event: CompletionEvent) -> None:
        async def finish() -> None:
            await self.ledger.finish(record, ending, event)
            self._note_terminal(record, ending, event)

        await self.faults.around(finish, self.faults.ledger)

    def _note_terminal(self, record: Record, ending: Ending, event: CompletionEvent) -> None:
        verdict, current = ending.verdict, CURRENT.get()
        self.history.note(
            Op.TERMINAL,
            key=record.key,
            label=current.label,
            sequence=record.sequence,
            phone_types=current.phone_types,
            value=current.value,
            outcome=verdict.outcome,
            code=verdict.code,
            warnings=verdict.warnings,
            user=verdict.user.id if verdict.user else None,
            event_id=event.id,
        )

    async def mark_parked(self, record: Record) -> None:
        await self.faults.around(lambda: self.ledger.mark_parked(record), self.faults.ledger)

    async def unsent_of(self, record: Record) -> UnsentEvent | None:
        return await self.faults.around(lambda: self.ledger.unsent_of(record), self.faults.ledger)

    async def unsent(self, older_than: datetime) -> AsyncIterator[UnsentEvent]:
        async for unsent in self.ledger.unsent(older_than):
            yield unsent

    async def mark_dispatched(self, unsent: UnsentEvent) -> None:
        await self.faults.around(lambda: self.ledger.mark_dispatched(unsent), self.faults.ledger)

    async def read(self, user_id: str, phone_types: tuple[PhoneType, ...]) -> Mapping[PhoneType, Watermark]:
        return await self.faults.around(lambda: self.marks.read(user_id, phone_types), self.faults.ledger)

    async def advance(self, user_id: str, phone_type: PhoneType, mark: Watermark, expected: Watermark | None) -> None:
        await self.faults.around(lambda: self.marks.advance(user_id, phone_type, mark, expected), self.faults.ledger)

    async def hold(self, user_id: str, holder: str, until: datetime, now: datetime) -> bool:
        return await self.faults.around(lambda: self.marks.hold(user_id, holder, until, now), self.faults.ledger)

    async def release(self, user_id: str, holder: str) -> None:
        await self.faults.around(lambda: self.marks.release(user_id, holder), self.faults.ledger)

    async def note(self, user_key: str, sequence: int, phone_types: tuple[PhoneType, ...], attempt: int) -> None:
        await self.faults.around(
            lambda: self.waiting.note(user_key, sequence, phone_types, attempt), self.faults.ledger
        )

    async def waits_for(self, user_key: str, sequence: int) -> int:
        return await self.faults.around(lambda: self.waiting.waits_for(user_key, sequence), self.faults.ledger)

    async def forget(self, user_key: str, sequence: int) -> None:
        await self.faults.around(lambda: self.waiting.forget(user_key, sequence), self.faults.ledger)

    async def waits_before(self, user_key: str, sequence: int, phone_type: PhoneType) -> bool:
        return await self.faults.around(
            lambda: self.waiting.waits_before(user_key, sequence, phone_type), self.faults.ledger
        )


@dataclass
class SimulatedMailbox:
    """The mailbox and its log."""

    history: History
    faults: Faults
    log: MemoryNotificationLog = field(default_factory=MemoryNotificationLog)
