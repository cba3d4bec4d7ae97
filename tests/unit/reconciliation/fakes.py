"""Receipts, the broker's count, the ledger's overdue requests and the runs' state in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.errors import LedgerConflictError
from shared.reconciliation.findings import Overdue, ReconciliationState
from shared.reconciliation.matching import Completed, Receipt


@dataclass
class MemoryReceipts:
    """Receipts by queue; `faults` are used up first."""

    written: set[tuple[str, Receipt]] = field(default_factory=set)
    faults: list[Exception] = field(default_factory=list)

    async def write(self, receipts: Sequence[tuple[str, Receipt]]) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.written |= set(receipts)

    async def between(self, queue: str, since: datetime, until: datetime) -> tuple[Receipt, ...]:
        if self.faults:
            raise self.faults.pop(0)
        return tuple(receipt for name, receipt in self.written if name == queue and since <= receipt.at < until)


@dataclass
class MemoryCount:
    """What the broker counted, by queue; `faults` are used up first."""

    minutes: list[tuple[str, Completed]] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)

    async def completed(self, queue: str, since: datetime, until: datetime) -> tuple[Completed, ...]:
        if self.faults:
            raise self.faults.pop(0)
        self.asked.append((since, until))
        return tuple(counted for name, counted in self.minutes if name == queue and since <= counted.minute < until)


@dataclass
class MemoryOverdue:
    """What the ledger says, and what it was asked."""

    found: Overdue = field(default_factory=Overdue)
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)

    async def overdue(self, accepted_before: datetime, held_before: datetime) -> Overdue:
        self.asked.append((accepted_before, held_before))
        return self.found


@dataclass
class MemoryReconciliationLog:
    """The state, changed only by whoever has seen it; `faults`, and then `stale` answers, are used up first."""

    current: ReconciliationState = field(default_factory=ReconciliationState)
    faults: list[Exception] = field(default_factory=list)
    stale: list[ReconciliationState] = field(default_factory=list)
    _changes: int = 0

    async def state(self) -> ReconciliationState:
        if self.faults:
            raise self.faults.pop(0)
        return self.stale.pop(0) if self.stale else self.current

    async def put(self, state: ReconciliationState) -> ReconciliationState:
        if state.etag != self.current.etag:
            raise LedgerConflictError
        self._changes += 1
        self.current = replace(state, etag=str(self._changes))
        return self.current
