"""What the tripwires count: changes by user, by requester and in the whole tenant."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NotedChange:
    """One change that is, or is about to be, written. `requester` is compared without case; `at` is UTC."""

    request_key: str
    user_id: str
    requester: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HistoryQuestion:
    """What is asked of the history. A window's start is None where nobody asks; `without` are requests left out."""

    user_id: str
    requester: str
    without: frozenset[str]
    user_since: datetime | None = None
    requester_since: datetime | None = None
    tenant_since: datetime | None = None
    # Beyond these figures it does not matter how many more there are: counting ends there.
    requester_enough: int = 0
    tenant_enough: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What is known of earlier changes when a request is decided. Requests are counted, not attempts."""

    # Of this user, newest first, UTC: one per request, at its latest note.
    of_user: tuple[datetime, ...] = ()
    by_requester: int = 0
    in_tenant: int = 0
    # Other users who have the number that is asked for.
    other_holders: int = 0
