"""A request that waits for a second person, or for a while, as its record keeps it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.codes import Code
from shared.outcome import KnownUser
from shared.phone.phone_type import PhoneType
from shared.policy.answers import Answer
from shared.policy.finding import Finding
from shared.policy.proof import LockOutProof


class HoldState(StrEnum):
    """What has become of a hold."""

    WAITING = "waiting"
    APPROVED = "approved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class HoldDecision:
    """What a person decided about a held request; `approval_id` recognises a repeat of the same message."""

    state: HoldState
    approver: str
    reason: str
    at: datetime
    approval_id: str


@dataclass(frozen=True, slots=True)
class RequestHold:
    """Why a request waits, since when and until when; times are UTC."""

    findings: tuple[Finding, ...]
    placed_at: datetime
    expires_at: datetime
    user: KnownUser
    masked_number: str | None = None
    previous_masked_number: str | None = None
    # Which phone an undo would restore; of other requests the request itself says it.
    phone_type: PhoneType | None = None
    # Keyed hash of whose phone would become what: what a person approves is that, and nothing else.
    write_hash: str = ""
    proof: LockOutProof | None = None
    # When a cooling-off period ends by itself; None where a person must approve.
    releases_at: datetime | None = None
    # Counts up where a rule that was not told before makes the request wait once more.
    generation: int = 1
    decision: HoldDecision | None = None

    @property
    def state(self) -> HoldState:
        """Where it stands."""
        return self.decision.state if self.decision else HoldState.WAITING

    @property
    def codes(self) -> frozenset[Code]:
        """The rules that made it wait."""
        return frozenset(finding.code for finding in self.findings)

    def covers(self, finding: Finding, now: datetime) -> bool:
        """Says whether an objection was told with this hold, and is settled: approved, or its time is over."""
        if finding.code not in self.codes:
            return False
        if self.state is HoldState.APPROVED:
            return True
        over = self.releases_at is not None and now >= self.releases_at
        return self.state is HoldState.WAITING and over and finding.answer is Answer.COOL_OFF
