"""What the reconciliation needs of the world, named by duty."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.reconciliation.findings import Overdue, ReconciliationState
from shared.reconciliation.matching import Completed, Receipt


class ReceiptWriter(Protocol):
    """Where receipts are written."""

    async def write(self, receipts: Sequence[tuple[str, Receipt]]) -> None:
        """Writes receipts, each with its queue; once more does no harm."""
        ...


class ReceiptReader(Protocol):
    """Where they are read."""

    async def between(self, queue: str, since: datetime, until: datetime) -> tuple[Receipt, ...]:
        """Gives a queue's receipts from one moment to before another."""
        ...


class CompletionCount(Protocol):
    """What the broker counted."""

    async def completed(self, queue: str, since: datetime, until: datetime) -> tuple[Completed, ...]:
        """Gives the completions from one full minute to before another. Raises MonitorUnavailableError."""
        ...


class OverdueRequests(Protocol):
    """The requests that should have ended."""

    async def overdue(self, accepted_before: datetime, held_before: datetime) -> Overdue:
        """Gives those accepted before a moment that have no outcome, and no hold that lasted beyond another one."""
        ...


class ReconciliationLog(Protocol):
    """What runs hand on to each other."""

    async def state(self) -> ReconciliationState:
        """Gives it."""
        ...

    async def put(self, state: ReconciliationState) -> ReconciliationState:
        """Writes it and gives it with its new etag. Raises LedgerConflictError where it changed meanwhile."""
        ...
