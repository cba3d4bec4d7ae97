"""The plan: what is to be done about a request, as values."""

import json
from dataclasses import dataclass
from datetime import datetime

from shared.directory_user import StoredPhone
from shared.keyed_hash import keyed_hash
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.policy.answers import Answer
from shared.policy.finding import Finding


@dataclass(frozen=True, slots=True)
class Create:
    """Add a phone of a type that the user does not have."""

    phone_type: PhoneType
    number: PhoneNumber


@dataclass(frozen=True, slots=True)
class Replace:
    """Change the number of a phone in place; never delete and add."""

    phone_type: PhoneType
    number: PhoneNumber
    previous: PhoneNumber | None


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove phones, in the order in which Graph permits it."""

    phone_types: tuple[PhoneType, ...]
    previous: PhoneNumber | None


@dataclass(frozen=True, slots=True)
class NoChange:
    """The directory already says what the request asks for."""

    number: PhoneNumber | None


@dataclass(frozen=True, slots=True)
class Reject:
    """Policy, or the state of the user, does not allow the request; `findings` are all that fired."""

    findings: tuple[Finding, ...]

    @property
    def cause(self) -> Finding:
        """The gravest objection, whose code the outcome carries."""
        return next(finding for finding in self.findings if finding.answer is Answer.REFUSE)


@dataclass(frozen=True, slots=True)
class HoldBack:
    """The request waits for a second person, or for a while: `findings` say why, `open` are not settled yet."""

    findings: tuple[Finding, ...]
    open: tuple[Finding, ...]
    write: Create | Replace | Remove


@dataclass(frozen=True, slots=True)
class Supersede:
    """A newer request has the right to write."""

    by: str
    # Whether this request's own write may be what stands there: it was sent, and the newer one was not seen yet.
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Expire:
    """The request's time is over."""


@dataclass(frozen=True, slots=True)
class LookAgain:
    """What was read is older than what has been seen before: nothing may be decided on it."""


@dataclass(frozen=True, slots=True)
class OrderLost:
    """An earlier request carries a later number: the queue's sequence numbers have started anew."""

    earlier: str


type Write = Create | Replace | Remove
type Refusal = Reject | Supersede | Expire | OrderLost
type Plan = Write | NoChange | Refusal | HoldBack | LookAgain


@dataclass(frozen=True, slots=True)
class Watermark:
    """The newest request that may write one phone: its place in the queue and a keyed hash of what is expected there.

    `value_hash` is empty where no phone is expected; it is what the request wants, unless that was surely not written.
    """

    sequence: int
    request_id: str
    value_hash: str
    # When the request arrived, by the broker's clock.
    accepted_at: datetime
    # When the mark was set, by the worker's clock.
    advanced_at: datetime
    # Whether the directory has shown what the request wants there.
    seen: bool = False


def write_hash(user_id: str, write: Write, key: bytes) -> str:
    """Gives a keyed hash of whose phone would become what. How it comes to that, by adding or replacing, is no part."""
    number = "" if isinstance(write, Remove) else write.number.keyed_hash(key)
    types = write.phone_types if isinstance(write, Remove) else (write.phone_type,)
    return keyed_hash(json.dumps([user_id, types, number]).encode(), key)


def is_done(plan: Write, phones: tuple[StoredPhone, ...]) -> bool:
    """Says whether phones, as read back, are what the plan wanted."""
    by_type = {phone.phone_type: phone.number for phone in phones}
    if isinstance(plan, Remove):
        return not any(phone_type in by_type for phone_type in plan.phone_types)
    return plan.phone_type in by_type and by_type[plan.phone_type] == plan.number
