"""What the brake remembers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What is counted."""

    WRITE = "write"
    FAILURE = "failure"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is counted; a request that tries again counts once."""

    at: datetime
    kind: Kind
    request_key: str
    user_id: str


@dataclass(frozen=True, slots=True)
class BrakeState:
    """Whether writing is stopped, since when, why and by whom. `etag` guards every change."""

    engaged: bool
    reason: str
    by: str
    since: datetime
    # Whether the event that tells it was sent.
    told: bool = False
    etag: str = ""
