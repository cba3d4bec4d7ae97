"""Steps 4 and 5: read the directory, then let the pure plan decide."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.backoff import LONGEST_OBEYED
from shared.change.admission import Admitted
from shared.change.gathering import gather
from shared.change.holding import pause
from shared.change.intents import intent_of
from shared.change.parts import ChangeParts
from shared.change.undoing import Undoing, undoing
from shared.codes import Code
from shared.directory_user import UserAbsent, UserAmbiguous, UserDeleted, UserState
from shared.errors import EarlierRequestWaitsError, NotYetVisibleError, UserDeletedError
from shared.messages.change_request import Operation
from shared.outcome import KnownUser, Outcome, Verdict
from shared.phone.phone_type import PhoneType
from shared.phone.reading import ReadNumber
from shared.plan import (
    Expire,
    HoldBack,
    LookAgain,
    NoChange,
    OrderLost,
    Plan,
    Refusal,
    Reject,
    Supersede,
    Watermark,
    Write,
)
from shared.planning import Place, make_plan, newer_marks, plan_without_directory
from shared.policy.decide import Decision
from shared.policy.decide import decide as judge
from shared.policy.facts import Facts, Undone
from shared.steps import Step


@dataclass(frozen=True, slots=True)
class Task:
    """A change that may be made: the user's state, what to do about it, and by which facts that was decided."""

    admitted: Admitted
    state: UserState
    plan: Write | NoChange
    # The marks of the phones that the request may set, as they stood when the plan was made.
    marks: Mapping[PhoneType, Watermark | None]
    # All marks of the user as the plan saw them.
    seen_marks: Mapping[PhoneType, Watermark]
    facts: Facts
    decision: Decision


async def decide(parts: ChangeParts, admitted: Admitted) -> Task | Verdict:
    """Decides what is to be done, or how the request ends without a write.

    What needs no directory is decided without it, even while Graph is down. Raises TransientError.
    """
    if admitted.request.operation is not Operation.UNDO:
        return await _decide(parts, admitted, None)
    if (early := _without_directory(parts, admitted, None)) is not None:
        return early
    found = await undoing(parts, admitted)
    if isinstance(found, Verdict):
        return found
    ended = await _decide(parts, found.admitted, found)
    return replace(ended, phone_type=found.phone_type) if isinstance(ended, Verdict) else ended


async def _decide(parts: ChangeParts, admitted: Admitted, undo: Undoing | None) -> Task | Verdict:
    undone = undo.undone if undo else None
    if (early := _without_directory(parts, admitted, undone)) is not None:
        return early
    state = await parts.run(Step.READ_DIRECTORY, lambda: parts.ports.directory.read_state(admitted.request.user))
    if not isinstance(state, UserState):
        return _nobody(parts, state)
    if undo is not None and state.user.id != undo.user_id:
        return Verdict(Outcome.REJECTED, Code.UNDO_OTHER_USER, user=_known(state))
    facts = Facts(admitted.request, parts.policy.rules, parts.ports.clock.now(), state, undone=undone)
    return await _decide_for(parts, admitted, facts, state)


def _without_directory(parts: ChangeParts, admitted: Admitted, undone: Undone | None) -> Verdict | None:
    """Decides what needs no directory, unless an earlier run may have written.

    Of an undo, before it is looked up: what stood there before is nobody's business who may not undo, and a vault that
    is down holds up no expiry.
    """
    facts = Facts(admitted.request, parts.policy.rules, parts.ports.clock.now(), undone=undone)
    early = plan_without_directory(facts) if admitted.record.intent is None else None
    return _refusal(early, facts, None) if early else None


def _nobody(parts: ChangeParts, found: UserAbsent | UserDeleted | UserAmbiguous) -> Verdict:
    match found:
        case UserAbsent():
            return Verdict(Outcome.REJECTED, Code.USER_NOT_FOUND)
        case UserAmbiguous(count):
            return Verdict(Outcome.REJECTED, Code.USER_AMBIGUOUS, f"{count} users match.")
        case UserDeleted():
            if parts.policy.rules.protected_users.deleted == "wait":
                raise UserDeletedError(retry_after=LONGEST_OBEYED)
            return Verdict(Outcome.REJECTED, Code.USER_DELETED)


async def _decide_for(parts: ChangeParts, admitted: Admitted, facts: Facts, state: UserState) -> Task | Verdict:
    request = admitted.request
    own = frozenset({admitted.record.key, request.undoes or admitted.record.key})

    async def planned() -> tuple[Plan, Mapping[PhoneType, Watermark], Facts]:
        marks = await parts.ports.watermarks.read(state.user.id, tuple(PhoneType))
        known = replace(facts, history=await gather(parts, facts, state, own))
        return make_plan(known, state, marks, _place(parts, admitted)), marks, known

    plan, marks, facts = await parts.run(Step.PLAN, planned)
    match plan:
        case LookAgain():
            message = "What was read may be older than the last change of this phone."
            raise NotYetVisibleError(message)
        case HoldBack() if request.dry_run:
            return _would_hold(facts, plan, state)
        case HoldBack():
            return await pause(parts, admitted, facts, plan, _known(state))
        case Reject() | Supersede() | Expire() | OrderLost():
            await _unless_an_earlier_one_waits(parts, admitted, plan)
            return _refusal(plan, facts, state)
        case _:
            newer = newer_marks(facts, marks, admitted.record.sequence)
            open_marks = {name: marks.get(name) for name in request.phone_types if name not in newer}
            return Task(admitted, state, plan, open_marks, marks, facts, judge(facts))


def _would_hold(facts: Facts, plan: HoldBack, state: UserState) -> Verdict:
    intent, decision = intent_of(plan.write), judge(facts)
    return Verdict(
        Outcome.PLANNED,
        Code.WOULD_HOLD,
        " ".join(finding.message for finding in plan.open),
        _known(state),
        intent.masked_number,
        intent.previous_masked_number,
        findings=decision.findings,
        proof=decision.proof,
    )


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
        hold=record.hold,
    )


async def _unless_an_earlier_one_waits(parts: ChangeParts, admitted: Admitted, plan: Plan) -> None:
    """An alternate mobile phone waits where an earlier request is still to bring the mobile phone that it needs."""
    if not isinstance(plan, Reject) or plan.cause.code is not Code.MOBILE_REQUIRED:
        return
    user_key, sequence = admitted.request.user.session_id, admitted.record.sequence
    if await parts.ports.waiting.waits_before(user_key, sequence, PhoneType.MOBILE):
        raise EarlierRequestWaitsError


def _refusal(plan: Refusal, facts: Facts, state: UserState | None) -> Verdict:
    user = _known(state) if state else None
    masked = facts.reading.number.masked() if isinstance(facts.reading, ReadNumber) else None
    match plan:
        case Reject(findings):
            cause, proof = plan.cause, judge(facts).proof
            return Verdict(Outcome.REJECTED, cause.code, cause.detail, user, masked, findings=findings, proof=proof)
        case Supersede():
            code = Code.OVERTAKEN if plan.in_doubt else Code.NEWER_REQUEST
            return Verdict(Outcome.SUPERSEDED, code, f"It is {plan.by}.", user, masked)
        case OrderLost():
            return Verdict(Outcome.FAILED, Code.ORDER_LOST, f"It is {plan.earlier}.", user, masked)
        case Expire():
            return Verdict(Outcome.EXPIRED, Code.PAST_EXPIRY, user=user, masked_number=masked)


def _known(state: UserState) -> KnownUser:
    return KnownUser(state.user.id, state.user.user_principal_name)
