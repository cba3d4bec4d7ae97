"""Computes the proof that a change locks nobody out: by method type, region, telephony mode and day. Pure."""

from collections.abc import Mapping

from shared.directory_user import UserState
from shared.messages.change_request import Operation
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.phone.reading import ReadNumber, known_number
from shared.policy.facts import Facts
from shared.policy.proof import PHONE, LockOutProof, MethodProof
from shared.policy.telephony import delivers, unreachable_because

type Phones = Mapping[PhoneType, PhoneNumber | None]
_COUNTS = "counts"


def lock_out_proof(facts: Facts) -> LockOutProof | None:
    """Computes the proof; None where the user, or the number, is not known."""
    if facts.state is None:
        return None
    now = {phone.phone_type: phone.number for phone in facts.state.phones}
    then = _after(facts, now)
    if then is None:
        return None
    methods = _methods(facts, facts.state, then)
    return LockOutProof(
        as_of=facts.now.date(),
        before=_count((*_methods(facts, facts.state, now), *_perhaps_lost(facts, now))),
        after=_count(methods),
        minimum=facts.policy.lock_out.minimum_usable_methods,
        methods=methods,
        exempt="the account is disabled" if facts.state.user.account_enabled is False else "",
    )


def _perhaps_lost(facts: Facts, now: Phones) -> tuple[MethodProof, ...]:
    """Gives the phones that the request takes away though nothing is known of their number: they may well work.

    Numbering plans grow faster than libraries.
    """
    unread = [name for name in facts.request.phone_types if name in now and not _is_known(now[name])]
    works = delivers(facts.policy.telephony, facts.now)
    return tuple(MethodProof(f"{PHONE} {name}", works, "cannot be read") for name in unread)


def _is_known(number: PhoneNumber | None) -> bool:
    return number is not None and known_number(number) is not None


def _after(facts: Facts, now: Phones) -> Phones | None:
    """Gives the phones as the request would leave them."""
    if facts.request.operation is Operation.REMOVE:
        return {name: number for name, number in now.items() if name not in facts.request.phone_types}
    reading = facts.reading
    if not isinstance(reading, ReadNumber):
        return None
    return {**now, facts.request.phone_types[0]: reading.number}


def _methods(facts: Facts, state: UserState, phones: Phones) -> tuple[MethodProof, ...]:
    others = tuple(_other(facts, method) for method in state.other_methods)
    return (*(_phone(facts, name, number) for name, number in phones.items()), *others)


def _other(facts: Facts, method: str) -> MethodProof:
    counted = method in facts.policy.lock_out.counted_methods
    return MethodProof(method, counted, _COUNTS if counted else "does not count as a way to sign in")


def _phone(facts: Facts, phone_type: PhoneType, number: PhoneNumber | None) -> MethodProof:
    name, known = f"{PHONE} {phone_type}", known_number(number) if number else None
    if known is None:
        return MethodProof(name, usable=False, why="is no valid phone number")
    if not delivers(facts.policy.telephony, facts.now):
        return MethodProof(name, usable=False, why="nothing is delivered to phones any more")
    because = unreachable_because(known, facts.policy.telephony)
    return MethodProof(name, because is None, because or "counts, once for all phones")


def _count(methods: tuple[MethodProof, ...]) -> int:
    """All phones together count once: they hang on one person's reachability, and end together."""
    phones = [method for method in methods if method.usable and method.method.startswith(PHONE)]
    others = [method for method in methods if method.usable and not method.method.startswith(PHONE)]
    return len(others) + bool(phones)
