"""What a run of the reconciliation found, and what the next one goes on from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.reconciliation.matching import Balance

# As many as a person reads, and a log line holds.
MOST_TOLD = 20


class Result(StrEnum):
    """What a run came to, the gravest first."""

    VANISHED = "vanished"
    """Messages left a queue and no function saw them."""
    OVERDUE = "overdue"
    """Requests were accepted, are past their end, and have no outcome."""
    UNKNOWN = "unknown"
    """It could not be asked: neither good nor bad."""
    BALANCED = "balanced"
    """Everything was asked, and nothing is missing."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of the messages of one queue, from the last judgement until a time; None where it is not known."""

    destination: str
    vanished: int | None = None


@dataclass(frozen=True, slots=True)
class Overdue:
    """Requests past their end without an outcome: how many, and the ids of the oldest ones."""

    requests: int = 0
    request_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What one run found."""

    at: datetime
    judged: tuple[Judged, ...]
    overdue: Overdue

    @property
    def result(self) -> Result:
        """The gravest of it."""
        if any(judged.vanished for judged in self.judged):
            return Result.VANISHED
        if self.overdue.requests:
            return Result.OVERDUE
        known = self.judged and all(judged.vanished is not None for judged in self.judged)
        return Result.BALANCED if known else Result.UNKNOWN


@dataclass(frozen=True, slots=True)
class Turn:
    """Findings that differ from those before, for whoever is told of turns alone."""

    findings: Findings
    told: bool = False


@dataclass(frozen=True, slots=True)
class ReconciliationState:
    """What runs hand on to each other. `etag` guards every change."""

    # When a run last found that the storage, which receipts go to, can be read and written.
    looked_at: datetime | None = None
    balances: Mapping[str, Balance] = field(default_factory=dict)
    overdue: Overdue = Overdue()
    overdue_at: datetime | None = None
    turn: Turn | None = None
    etag: str = ""


def turn_after(before: Turn | None, found: Findings) -> Turn | None:
    """Gives the turn that is to be told: a new one where the result is another; not to know is no result."""
    last = before.findings.result if before else Result.BALANCED
    return before if found.result in {Result.UNKNOWN, last} else Turn(found)
