"""Step 5: the pure decision what to do, from the request, the user, the methods, the watermark, policy and the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.codes import Code
from shared.directory_user import UserState
from shared.messages.change_request import Operation
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import REMOVAL_ORDER, PhoneType
from shared.phone.reading import ReadNumber
from shared.plan import (
    Create,
    Expire,
    HoldBack,
    LookAgain,
    NoChange,
    OrderLost,
    Plan,
    Reject,
    Remove,
    Replace,
    Supersede,
    Watermark,
    Write,
    write_hash,
)
from shared.policy.decide import Decision, decide
from shared.policy.facts import Facts
from shared.policy.finding import Finding
from shared.request_hold import RequestHold
from shared.stale_reads import decisive_types, shows

# How long a read may show what stood there before a write that was already seen. No figure is published; peers saw
# seconds.
STALE_READS = timedelta(minutes=5)
# By how much the broker's times may contradict its sequence numbers without anything being wrong.
_SAME_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the request stands in the order of requests, and how numbers are hashed."""

    sequence: int
    request_id: str
    accepted_at: datetime
    number_keys: tuple[bytes, ...] = field(repr=False)
    # Whether an earlier run of this same request got as far as writing.
    has_written: bool = False
    # Where the request was held before.
    hold: RequestHold | None = None


def plan_without_directory(facts: Facts) -> Reject | Expire | None:
    """Decides what needs no directory: age, requester, and the number as far as it names its region."""
    if facts.now >= facts.expires_at:
        return Expire()
    decision = decide(facts)
    return Reject(decision.findings) if decision.objections else None


def make_plan(facts: Facts, state: UserState, marks: Mapping[PhoneType, Watermark], place: Place) -> Plan:
    """Decides what to do for a user whose state is known; `marks` are those of all phone types.

    A request whose own write is already there is not refused afterwards, whatever the day and the policy say now.
    """
    open_types, newer = _open_types(facts, marks, place)
    wanted = _wanted(facts, state, open_types)
    if place.has_written and isinstance(wanted, NoChange):
        return wanted
    if facts.now >= facts.expires_at:
        return Expire()
    if newer is not None and newer.accepted_at + _SAME_MOMENT < place.accepted_at:
        return OrderLost(newer.request_id)
    if newer is not None and not open_types:
        return Supersede(newer.request_id, in_doubt=place.has_written and not newer.seen)
    if _is_stale(facts, state, marks, place):
        return LookAgain()
    return _permitted(facts, wanted, decide(facts), place)


def _permitted(facts: Facts, wanted: Plan, decision: Decision, place: Place) -> Plan:
    """Lets policy speak: it refuses, makes the request wait where there is something to write, or lets it through.

    A request that may have written already was let through before: only a refusal stops it now.
    """
    if isinstance(wanted, Reject):
        return Reject(tuple(dict.fromkeys((*decision.findings, *wanted.findings))))
    if decision.objections:
        return Reject(decision.findings)
    if place.has_written or not isinstance(wanted, Create | Replace | Remove):
        return wanted
    hold = place.hold if _is_the_held_write(place, facts, wanted) else None
    open_ones = tuple(found for found in decision.holds if hold is None or not hold.covers(found, facts.now))
    return HoldBack(decision.holds, open_ones, wanted) if open_ones else wanted


def _is_the_held_write(place: Place, facts: Facts, write: Write) -> bool:
    """Says whether the hold was about this user and this number.

    An employee id may have gone to somebody else meanwhile, and a national number with its user to another country.
    """
    if place.hold is None or facts.state is None:
        return False
    return place.hold.write_hash in {write_hash(facts.state.user.id, write, key) for key in place.number_keys}


def newer_marks(facts: Facts, marks: Mapping[PhoneType, Watermark], sequence: int) -> Mapping[PhoneType, Watermark]:
    """Gives the marks by which newer requests have taken phones that this one concerns."""
    concerned = {name: marks[name] for name in facts.request.phone_types if name in marks}
    return {name: mark for name, mark in concerned.items() if mark.sequence > sequence}


def number_before(state: UserState, phone_types: tuple[PhoneType, ...]) -> PhoneNumber | None:
    """Gives the number that stood there, where the request concerns one phone."""
    phones = [phone for phone in state.phones if phone.phone_type in phone_types]
    return phones[0].number if len(phones) == 1 else None


def _open_types(
    facts: Facts, marks: Mapping[PhoneType, Watermark], place: Place
) -> tuple[tuple[PhoneType, ...], Watermark | None]:
    """Gives the phone types that no newer request has taken, and one that took a type, if any."""
    newer = newer_marks(facts, marks, place.sequence)
    open_types = tuple(name for name in facts.request.phone_types if name not in newer)
    return open_types, next(iter(newer.values()), None)


def _wanted(facts: Facts, state: UserState, open_types: tuple[PhoneType, ...]) -> Plan:
    if facts.request.operation is Operation.REMOVE:
        return _wanted_removal(state, open_types)
    reading = facts.reading
    if not isinstance(reading, ReadNumber) or not open_types:
        return Reject(decide(facts).findings)
    return _wanted_number(state, open_types[0], reading.number)


def _wanted_number(state: UserState, phone_type: PhoneType, number: PhoneNumber) -> Plan:
    current = state.phone(phone_type)
    if current is None:
        if phone_type is PhoneType.ALTERNATE_MOBILE and state.phone(PhoneType.MOBILE) is None:
            return Reject((Finding(Code.MOBILE_REQUIRED),))
        return Create(phone_type, number)
    # Without the blank after the country code some of Microsoft's services overlook a number: it is written anew.
    stands = current.number == number and current.is_well_written
    return NoChange(number) if stands else Replace(phone_type, number, current.number)


def _wanted_removal(state: UserState, open_types: tuple[PhoneType, ...]) -> Plan:
    present = tuple(name for name in REMOVAL_ORDER if name in open_types and state.phone(name))
    if not present:
        return NoChange(None)
    left_alternate = PhoneType.ALTERNATE_MOBILE not in present and state.phone(PhoneType.ALTERNATE_MOBILE)
    if PhoneType.MOBILE in present and left_alternate:
        return Reject((Finding(Code.ALTERNATE_MOBILE_DEPENDS),))
    return Remove(present, number_before(state, present))


def _is_stale(facts: Facts, state: UserState, marks: Mapping[PhoneType, Watermark], place: Place) -> bool:
    """Says whether a phone that the decision rests on is not what another request has just written there."""
    others = [(name, mark) for name, mark in marks.items() if mark.request_id != place.request_id]
    return any(
        facts.now - mark.advanced_at <= STALE_READS and not shows(state, phone_type, mark.value_hash, place.number_keys)
        for phone_type, mark in others
        if phone_type in decisive_types(facts.request)
    )
