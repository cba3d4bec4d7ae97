"""What became of a request."""

from dataclasses import dataclass
from enum import StrEnum

from shared.codes import MESSAGES, Code, WarningCode
from shared.phone.phone_type import PhoneType
from shared.policy.finding import Finding
from shared.policy.proof import LockOutProof


class Outcome(StrEnum):
    """How a request ended; every member is terminal."""

    CHANGED = "changed"
    ALREADY_CORRECT = "already_correct"
    PLANNED = "planned"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class KnownUser:
    """Who the request turned out to concern."""

    id: str
    user_principal_name: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a request ended and why, before it is written down. Numbers in it are masked."""

    outcome: Outcome
    code: Code
    detail: str = ""
    user: KnownUser | None = None
    masked_number: str | None = None
    previous_masked_number: str | None = None
    warnings: tuple[WarningCode, ...] = ()
    # Every rule that fired, also those that did not decide.
    findings: tuple[Finding, ...] = ()
    proof: LockOutProof | None = None
    # Which phone an undo concerned; of other requests the request itself says it.
    phone_type: PhoneType | None = None

    @property
    def message(self) -> str:
        """The sentence for people: what the code means and, where there is more to say, the particulars."""
        return f"{MESSAGES[self.code]} {self.detail}".strip()
