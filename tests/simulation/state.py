"""The state storage of a simulation: the memory ledger, watermarks and notes, with faults around every operation."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shared.messages.completion_event import CompletionEvent
from shared.ports import UnsentEvent
from shared.record import Ending, Intent, NewRecord, Record
from shared.request_hold import HoldDecision, RequestHold
from tests.fakes.history import MemoryChangeHistory, MemoryNumberIndex, MemoryPreviousNumbers
from tests.fakes.ledger import MemoryLedger, MemoryWaitingRequests, MemoryWatermarks
from tests.simulation.clock import LoopClock
from tests.simulation.faults import Faults
from tests.simulation.history import CURRENT, Current, History, Op


@dataclass(frozen=True)
class Faulted:
    """A port with faults around every operation."""

    target: object
    faults: Faults

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.target, name)

        async def operation(*arguments: Any, **named: Any) -> Any:
            return await self.faults.around(lambda: method(*arguments, **named), self.faults.ledger)

        return operation


@dataclass
class SimulatedLedger:
    """Ledger and outbox as ports; what takes effect is noted in the history at once."""

    history: History
    faults: Faults
    clock: LoopClock
    memory: MemoryLedger
    previous: MemoryPreviousNumbers

    async def claim(self, new: NewRecord) -> Record:
        return await self.faults.around(lambda: self.memory.claim(new), self.faults.ledger)

    async def find(self, key: str) -> Record | None:
        return await self.faults.around(lambda: self.memory.find(key), self.faults.ledger)

    async def note_intent(self, record: Record, intent: Intent | None) -> Record:
        return await self.faults.around(lambda: self.memory.note_intent(record, intent), self.faults.ledger)

    async def hold(self, record: Record, hold: RequestHold, event: CompletionEvent) -> Record:
        async def held() -> Record:
            found = await self.memory.hold(record, hold, event)
            self.history.note(
                Op.HELD,
                key=record.key,
                label=CURRENT.get().label,
                event_id=event.id,
                codes=hold.codes,
                releases_at=self._seconds_of(hold.releases_at),
            )
            return found

        return await self.faults.around(held, self.faults.ledger)

    async def decide_hold(self, record: Record, decision: HoldDecision) -> Record:
        async def decided() -> Record:
            found = await self.memory.decide_hold(record, decision)
            self.history.note(Op.DECIDED, key=record.key, state=decision.state)
            return found

        return await self.faults.around(decided, self.faults.ledger)

    async def finish(self, record: Record, ending: Ending, event: CompletionEvent) -> None:
        async def finish() -> None:
            await self.memory.finish(record, ending, event)
            self._note_terminal(record, ending, event)

        await self.faults.around(finish, self.faults.ledger)

    def _note_terminal(self, record: Record, ending: Ending, event: CompletionEvent) -> None:
        verdict, current = ending.verdict, self._restored(CURRENT.get(), ending)
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

    def _restored(self, current: Current, ending: Ending) -> Current:
        """Gives what an undo came to: a phone, and what stood there before the request that it undid."""
        kept, phone_type = self.previous.kept.get(current.undoes or ""), ending.verdict.phone_type
        if kept is None or phone_type is None:
            return replace(current, phone_types=() if current.undoes else current.phone_types)
        return replace(current, phone_types=(phone_type,), value=kept.before.get(phone_type))

    def _seconds_of(self, moment: datetime | None) -> float | None:
        return (moment - self.clock.now()).total_seconds() + self.clock.monotonic() if moment else None

    async def mark_parked(self, record: Record) -> None:
        await self.faults.around(lambda: self.memory.mark_parked(record), self.faults.ledger)

    async def unsent_of(self, record: Record) -> UnsentEvent | None:
        return await self.faults.around(lambda: self.memory.unsent_of(record), self.faults.ledger)

    async def unsent(self, older_than: datetime) -> AsyncIterator[UnsentEvent]:
        async for unsent in self.memory.unsent(older_than):
            yield unsent

    async def mark_dispatched(self, unsent: UnsentEvent) -> None:
        await self.faults.around(lambda: self.memory.mark_dispatched(unsent), self.faults.ledger)


@dataclass
class SimulatedState:
    """All that the state storage holds, as it is; `port` and `records` give it as the services see it."""

    history: History
    faults: Faults
    clock: LoopClock
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    marks: MemoryWatermarks = field(default_factory=MemoryWatermarks)
    waiting: MemoryWaitingRequests = field(default_factory=MemoryWaitingRequests)
    changes: MemoryChangeHistory = field(default_factory=MemoryChangeHistory)
    numbers: MemoryNumberIndex = field(default_factory=MemoryNumberIndex)
    previous: MemoryPreviousNumbers = field(init=False)

    def __post_init__(self) -> None:
        self.previous = MemoryPreviousNumbers(self.clock)

    @property
    def records(self) -> SimulatedLedger:
        """The ledger and the outbox."""
        return SimulatedLedger(self.history, self.faults, self.clock, self.ledger, self.previous)

    def port(self, target: object) -> Any:
        """Gives one of the others as a port."""
        return Faulted(target, self.faults)
