"""Steps 4 and 5: read the directory, then let the pure plan decide."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.change.admission import Admitted
from shared.change.parts import ChangeParts
from shared.codes import Code
from shared.directory_user import UserAbsent, UserAmbiguous, UserState
from shared.errors import EarlierRequestWaitsError, NotYetVisibleError
from shared.outcome import KnownUser, Outcome, Verdict
from shared.phone.phone_type import PhoneType
from shared.phone.reading import ReadNumber
from shared.plan import (
    Expire,
    LookAgain,
    NoChange,
    OrderLost,
    Place,
    Plan,
    Refusal,
    Reject,
    Supersede,
    Watermark,
    Write,
    make_plan,
    newer_marks,
    plan_without_directory,
)
from shared.policy.facts import Facts
from shared.steps import Step


@dataclass(frozen=True, slots=True)
class Task:
    """A change that may be made: the user's state, and what to do about it."""

    state: UserState
    plan: Write | NoChange
    # The marks of the phones that the request may set, as they stood when the plan was made.
    marks: Mapping[PhoneType, Watermark | None]


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

    async def planned() -> tuple[Plan, Mapping[PhoneType, Watermark]]:
        marks = await parts.ports.watermarks.read(state.user.id, tuple(PhoneType))
        return make_plan(facts, state, marks, _place(parts, admitted)), marks

    plan, marks = await parts.run(Step.PLAN, planned)
    match plan:
        case LookAgain():
            raise NotYetVisibleError
        case Reject() | Supersede() | Expire() | OrderLost():
            await _unless_an_earlier_one_waits(parts, admitted, plan)
            return _refusal(plan, facts, state)
        case _:
            newer = newer_marks(facts, marks, admitted.record.sequence)
            return Task(state, plan, {name: marks.get(name) for name in request.phone_types if name not in newer})


def watermark(parts: ChangeParts, admitted: Admitted, plan: Write | NoChange) -> Watermark:
    """Gives the mark that a request sets before it writes."""
    number = getattr(plan, "number", None)
    record, now = admitted.record, parts.ports.clock.now()
    value_hash = number.keyed_hash(parts.options.number_key) if number else ""
    return Watermark(record.sequence, record.key, value_hash, record.accepted_at, now, seen=isinstance(plan, NoChange))


def _place(parts: ChangeParts, admitted: Admitted) -> Place:
    record = admitted.record
    return Place(
        record.sequence,
        record.key,
        record.accepted_at,
        parts.options.number_keys,
        has_written=record.intent is not None,
    )


async def _unless_an_earlier_one_waits(parts: ChangeParts, admitted: Admitted, plan: Plan) -> None:
    """An alternate mobile phone waits where an earlier request is still to bring the mobile phone that it needs."""
    if not isinstance(plan, Reject) or plan.findings[0].code is not Code.MOBILE_REQUIRED:
        return
    user_key, sequence = admitted.request.user.session_id, admitted.record.sequence
    if await parts.ports.waiting.waits_before(user_key, sequence, PhoneType.MOBILE):
        raise EarlierRequestWaitsError


def _refusal(plan: Refusal, facts: Facts, state: UserState | None) -> Verdict:
    user = KnownUser(state.user.id, state.user.user_principal_name) if state else None
    masked = facts.reading.number.masked() if isinstance(facts.reading, ReadNumber) else None
    match plan:
        case Reject(findings):
            return Verdict(Outcome.REJECTED, findings[0].code, findings[0].detail, user, masked)
        case Supersede():
            code = Code.OVERTAKEN if plan.in_doubt else Code.NEWER_REQUEST
            return Verdict(Outcome.SUPERSEDED, code, f"It is {plan.by}.", user, masked)
        case OrderLost():
            return Verdict(Outcome.FAILED, Code.ORDER_LOST, f"It is {plan.earlier}.", user, masked)
        case Expire():
            return Verdict(Outcome.EXPIRED, Code.PAST_EXPIRY, user=user, masked_number=masked)
