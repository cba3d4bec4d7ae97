"""Steps 4 and 5: read the directory, then let the pure plan decide."""

from dataclasses import dataclass

from shared.change.admission import Admitted
from shared.change.parts import ChangeParts
from shared.codes import Code
from shared.directory_user import UserAbsent, UserAmbiguous, UserState
from shared.errors import EarlierRequestWaitsError
from shared.outcome import KnownUser, Outcome, Verdict
from shared.phone.phone_type import PhoneType
from shared.phone.reading import ReadNumber
from shared.plan import (
    Expire,
    NoChange,
    Place,
    Plan,
    Reject,
    Supersede,
    Watermark,
    Write,
    make_plan,
    plan_without_directory,
)
from shared.policy.facts import Facts
from shared.steps import Step


@dataclass(frozen=True, slots=True)
class Task:
    """A change that may be made: the user's state, and what to do about it."""

    state: UserState
    plan: Write | NoChange


async def decide(parts: ChangeParts, admitted: Admitted) -> Task | Verdict:
    """Decides what is to be done, or how the request ends without a write.

    What needs no directory is decided without it, even while Graph is down. Raises TransientError.
    """
    facts = Facts(admitted.request, parts.policy.rules, parts.ports.clock.now())
    has_written = admitted.record.intent is not None
    if not has_written and (early := plan_without_directory(facts)) is not None:
        return _refusal(early, facts, None)
    state = await parts.run(Step.READ_DIRECTORY, lambda: parts.ports.directory.read_state(admitted.request.user))
    if isinstance(state, UserAbsent):
        return Verdict(Outcome.REJECTED, Code.USER_NOT_FOUND)
    if isinstance(state, UserAmbiguous):
        return Verdict(Outcome.REJECTED, Code.USER_AMBIGUOUS, f"{state.count} users match.")
    return await _decide_for(parts, admitted, state)


async def _decide_for(parts: ChangeParts, admitted: Admitted, state: UserState) -> Task | Verdict:
    request = admitted.request
    facts = Facts(request, parts.policy.rules, parts.ports.clock.now(), state)

    async def planned() -> Plan:
        marks = await parts.ports.watermarks.read(state.user.id, request.phone_types)
        return make_plan(facts, state, marks, _place(parts, admitted))

    plan = await parts.run(Step.PLAN, planned)
    match plan:
        case Reject() | Supersede() | Expire():
            await _unless_an_earlier_one_waits(parts, admitted, plan)
            return _refusal(plan, facts, state, has_written=admitted.record.intent is not None)
        case _:
            return Task(state, plan)


def watermark(parts: ChangeParts, admitted: Admitted, plan: Write | NoChange) -> Watermark:
    """Gives the mark that a request sets before it writes."""
    number = getattr(plan, "number", None)
    value_hash = number.keyed_hash(parts.options.number_key) if number else ""
    return Watermark(admitted.record.sequence, admitted.record.key, value_hash, parts.ports.clock.now())


def _place(parts: ChangeParts, admitted: Admitted) -> Place:
    record = admitted.record
    return Place(record.sequence, record.key, parts.options.number_key, has_written=record.intent is not None)


async def _unless_an_earlier_one_waits(parts: ChangeParts, admitted: Admitted, plan: Plan) -> None:
    """An alternate mobile phone waits where an earlier request is still to bring the mobile phone that it needs."""
    if not isinstance(plan, Reject) or plan.findings[0].code is not Code.MOBILE_REQUIRED:
        return
    user_key, sequence = admitted.request.user.session_id, admitted.record.sequence
    if await parts.ports.waiting.waits_before(user_key, sequence, PhoneType.MOBILE):
        raise EarlierRequestWaitsError


def _refusal(
    plan: Reject | Supersede | Expire, facts: Facts, state: UserState | None, *, has_written: bool = False
) -> Verdict:
    user = KnownUser(state.user.id, state.user.user_principal_name) if state else None
    masked = facts.reading.number.masked() if isinstance(facts.reading, ReadNumber) else None
    match plan:
        case Reject(findings):
            return Verdict(Outcome.REJECTED, findings[0].code, findings[0].detail, user, masked)
        case Supersede():
            return Verdict(Outcome.SUPERSEDED, Code.NEWER_REQUEST, f"It is {plan.by}.", user, masked)
        case Expire() if has_written:
            return Verdict(Outcome.FAILED, Code.NOT_CONFIRMED, user=user, masked_number=masked)
        case Expire():
            return Verdict(Outcome.EXPIRED, Code.PAST_EXPIRY, user=user, masked_number=masked)
