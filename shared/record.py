"""What the ledger keeps of a request. Numbers in it are masked or keyed hashes, never clear."""

from dataclasses import dataclass
from datetime import datetime

from shared.codes import Code
from shared.messages.change_request import Operation
from shared.messages.completion_event import RequestFacts
from shared.outcome import Verdict
from shared.request_hold import RequestHold


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A request as it is first written down.

    `key` is the request id, or a key of its own for a message that must not touch that id's record.
    """

    key: str
    fingerprint: str
    sequence: int
    facts: RequestFacts
    user_key: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """What a request is about to write, noted just before it does: a later run recognises its own work by it."""

    code: Code
    masked_number: str | None
    previous_masked_number: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """A request's row: claimed, perhaps held, perhaps with an intent, perhaps finished. `etag` guards every update."""

    key: str
    fingerprint: str
    sequence: int
    accepted_at: datetime
    etag: str
    requested_by: str = ""
    reason: str = ""
    operation: Operation | None = None
    undoes: str = ""
    user_key: str = ""
    intent: Intent | None = None
    hold: RequestHold | None = None
    # How it ended, and under which id its event goes out; None and empty while it has not.
    verdict: Verdict | None = None
    event_id: str = ""
    # Whether a person has got the message, where the verdict demands one.
    parked: bool = False

    @property
    def finished(self) -> bool:
        """Whether the request has come to its end."""
        return self.verdict is not None


@dataclass(frozen=True, slots=True)
class Ending:
    """The terminal state of a record."""

    verdict: Verdict
    policy_version: str
    finished_at: datetime
    attempts: int
