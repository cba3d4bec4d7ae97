"""Step 5: the pure decision what to do, from the request, the user, the methods, the watermark, policy and the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.codes import Code
from shared.directory_user import StoredPhone, UserState
from shared.messages.change_request import Operation
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import REMOVAL_ORDER, PhoneType
from shared.phone.reading import ReadNumber
from shared.policy.decide import objections
from shared.policy.facts import Facts, Finding

# How long a read may show what stood there before our own last write. No figure is published; peers saw seconds.
STALE_READS = timedelta(minutes=10)


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
    """Policy, or the state of the user, does not allow the request."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Supersede:
    """A newer request has the right to write."""

    by: str


@dataclass(frozen=True, slots=True)
class Expire:
    """The request's time is over."""


type Write = Create | Replace | Remove
type Plan = Write | NoChange | Reject | Supersede | Expire


@dataclass(frozen=True, slots=True)
class Watermark:
    """The newest request that may write one phone: its place in the queue and a keyed hash of what it wants there.

    `value_hash` is empty where the request wants no phone.
    """

    sequence: int
    request_id: str
    value_hash: str
    advanced_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where the request stands in the order of requests, and how numbers are hashed."""

    sequence: int
    request_id: str
    number_key: bytes = field(repr=False)
    # Whether an earlier run of this same request got as far as writing.
    has_written: bool = False


def plan_without_directory(facts: Facts) -> Reject | Expire | None:
    """Decides what needs no directory: age, requester, and the number as far as it names its region."""
    if facts.now >= facts.expires_at:
        return Expire()
    found = objections(facts)
    return Reject(found) if found else None


def make_plan(facts: Facts, state: UserState, marks: Mapping[PhoneType, Watermark], place: Place) -> Plan:
    """Decides what to do for a user whose state is known.

    A request whose own write is already there is not refused afterwards, whatever the day and the policy say now.
    """
    open_types, newer = _open_types(facts, marks, place)
    wanted = _wanted(facts, state, open_types)
    if place.has_written and isinstance(wanted, NoChange):
        return wanted
    if facts.now >= facts.expires_at:
        return Expire()
    if newer is not None and not open_types:
        return Supersede(newer.request_id)
    if found := objections(facts):
        return Reject(found)
    return _distrusting_stale_reads(facts, wanted, marks, place)


def number_before(state: UserState, phone_types: tuple[PhoneType, ...]) -> PhoneNumber | None:
    """Gives the number that stood there, where the request concerns one phone."""
    phones = [phone for phone in state.phones if phone.phone_type in phone_types]
    return phones[0].number if len(phones) == 1 else None


def _open_types(
    facts: Facts, marks: Mapping[PhoneType, Watermark], place: Place
) -> tuple[tuple[PhoneType, ...], Watermark | None]:
    """Gives the phone types that no newer request has taken, and one that took a type, if any."""
    newer = {name: mark for name, mark in marks.items() if mark.sequence > place.sequence}
    open_types = tuple(name for name in facts.request.phone_types if name not in newer)
    return open_types, next(iter(newer.values()), None)


def _wanted(facts: Facts, state: UserState, open_types: tuple[PhoneType, ...]) -> Plan:
    if facts.request.operation is Operation.REMOVE:
        return _wanted_removal(state, open_types)
    reading = facts.reading
    if not isinstance(reading, ReadNumber) or not open_types:
        return Reject(objections(facts))
    return _wanted_number(state, open_types[0], reading.number)


def _wanted_number(state: UserState, phone_type: PhoneType, number: PhoneNumber) -> Plan:
    current = state.phone(phone_type)
    if current is None:
        if phone_type is PhoneType.ALTERNATE_MOBILE and state.phone(PhoneType.MOBILE) is None:
            return Reject((Finding(Code.MOBILE_REQUIRED),))
        return Create(phone_type, number)
    return NoChange(number) if current.number == number else Replace(phone_type, number, current.number)


def _wanted_removal(state: UserState, open_types: tuple[PhoneType, ...]) -> Plan:
    present = tuple(name for name in REMOVAL_ORDER if name in open_types and state.phone(name))
    if not present:
        return NoChange(None)
    left_alternate = PhoneType.ALTERNATE_MOBILE not in present and state.phone(PhoneType.ALTERNATE_MOBILE)
    if PhoneType.MOBILE in present and left_alternate:
        return Reject((Finding(Code.ALTERNATE_MOBILE_DEPENDS),))
    return Remove(present, number_before(state, present))


def _distrusting_stale_reads(facts: Facts, wanted: Plan, marks: Mapping[PhoneType, Watermark], place: Place) -> Plan:
    """Writes all the same where the read agrees with the request but not with our own last write, a short while ago."""
    if not isinstance(wanted, NoChange) or len(facts.request.phone_types) > 1:
        return wanted
    (phone_type,) = facts.request.phone_types
    mark = marks.get(phone_type)
    value_hash = wanted.number.keyed_hash(place.number_key) if wanted.number else ""
    if mark is None or mark.value_hash == value_hash or facts.now - mark.advanced_at > STALE_READS:
        return wanted
    if wanted.number is None:
        return Remove((phone_type,), None)
    return Replace(phone_type, wanted.number, None)


def is_done(plan: Write, phones: tuple[StoredPhone, ...]) -> bool:
    """Says whether phones, as read back, are what the plan wanted."""
    by_type = {phone.phone_type: phone.number for phone in phones}
    if isinstance(plan, Remove):
        return not any(phone_type in by_type for phone_type in plan.phone_types)
    return plan.phone_type in by_type and by_type[plan.phone_type] == plan.number
