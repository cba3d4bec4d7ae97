"""Steps 6 to 8: take the watermark, write once, read back."""

from dataclasses import dataclass, replace
from typing import NamedTuple, assert_never

from shared.change.admission import Admitted
from shared.change.backoff import read_back_waits
from shared.change.deciding import Task, watermark
from shared.change.parts import ChangeParts
from shared.codes import Code, WarningCode
from shared.directory_user import StoredPhone
from shared.errors import DirectoryUnavailableError, NotYetVisibleError
from shared.outcome import KnownUser, Outcome, Verdict
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import Create, NoChange, Remove, Replace, Watermark, Write, is_done
from shared.ports import WriteAnswer, WriteCertainty
from shared.record import Intent, Record
from shared.steps import Step

# POST of a type that exists, PATCH of one that does not: the plan may rest on a stale read, which shows soon.
_PERHAPS_STALE = (400, 404)
_STALE_BOUND = 5.0
_CONFLICT = 409
_DEFAULT_METHOD_CODE = "defaultMethod"
_DRY_RUN_CODES = {
    Code.CREATED: Code.WOULD_CREATE,
    Code.REPLACED: Code.WOULD_REPLACE,
    Code.REMOVED: Code.WOULD_REMOVE,
    Code.SAME_NUMBER: Code.WOULD_NOT_CHANGE,
    Code.NOTHING_TO_REMOVE: Code.WOULD_NOT_CHANGE,
}


class Carried(NamedTuple):
    """How a change ended, with the record as it stands now."""

    verdict: Verdict
    record: Record


@dataclass(frozen=True, slots=True)
class _Taken:
    """A plan that may be written, what it is about to do, and the record that says so."""

    plan: Write | NoChange
    intent: Intent | None
    record: Record


async def carry_out(parts: ChangeParts, admitted: Admitted, task: Task) -> Carried:
    """Makes the change, or finds that a newer request took its place. Raises TransientError."""
    if admitted.request.dry_run:
        code = _DRY_RUN_CODES[intent_of(task.plan).code]
        return Carried(_verdict(task, Outcome.PLANNED, code), admitted.record)
    taken = await parts.run(Step.WATERMARK, lambda: _take_watermarks(parts, admitted, task))
    if isinstance(taken, Watermark):
        verdict = _verdict(task, Outcome.SUPERSEDED, Code.NEWER_REQUEST, f"It is {taken.request_id}.")
        return Carried(verdict, admitted.record)
    return Carried(await _written(parts, task, taken), taken.record)


async def _written(parts: ChangeParts, task: Task, taken: _Taken) -> Verdict:
    plan, user_id = taken.plan, task.state.user.id
    if isinstance(plan, NoChange):
        return _nothing_to_write(task, taken)
    answer = await parts.run(Step.WRITE, lambda: parts.ports.directory.write(user_id, plan))
    phones = await parts.run(Step.READ_BACK, lambda: _read_back(parts, user_id, plan, answer))
    return _changed(task, taken, answer) if is_done(plan, phones) else _not_seen(task, answer, phones)


def intent_of(plan: Write | NoChange) -> Intent:
    """Gives what the record keeps of a plan."""
    match plan:
        case Create(_, number):
            return Intent(Code.CREATED, number.masked(), None)
        case Replace(_, number, previous):
            return Intent(Code.REPLACED, number.masked(), previous.masked() if previous else None)
        case Remove(_, previous):
            return Intent(Code.REMOVED, None, previous.masked() if previous else None)
        case NoChange(number):
            return _no_change(number)
        case _:
            assert_never(plan)


def _no_change(number: PhoneNumber | None) -> Intent:
    if number is None:
        return Intent(Code.NOTHING_TO_REMOVE, None, None)
    return Intent(Code.SAME_NUMBER, number.masked(), number.masked())


async def _take_watermarks(parts: ChangeParts, admitted: Admitted, task: Task) -> _Taken | Watermark:
    """Sets the mark of every phone type concerned; a type that a newer request holds drops out of a removal.

    Also where nothing is to be written: an older request that comes later must not overrule this one.
    """
    mark = watermark(parts, admitted, task.plan)
    newer: dict[PhoneType, Watermark] = {}
    for phone_type in admitted.request.phone_types:
        if stands := await parts.ports.watermarks.advance(task.state.user.id, phone_type, mark):
            newer[phone_type] = stands
    if len(newer) == len(admitted.request.phone_types):
        return next(iter(newer.values()))
    return await _noted(parts, admitted.record, _without(task.plan, newer))


async def _noted(parts: ChangeParts, record: Record, plan: Write | NoChange) -> _Taken:
    """Notes the intent before the write; an earlier one of the same kind is kept: it saw what stood there before."""
    intent = intent_of(plan)
    if isinstance(plan, NoChange) or (record.intent is not None and record.intent.code is intent.code):
        return _Taken(plan, record.intent, record)
    return _Taken(plan, intent, await parts.ports.ledger.note_intent(record, intent))


def _without(plan: Write | NoChange, newer: dict[PhoneType, Watermark]) -> Write | NoChange:
    if not isinstance(plan, Remove) or not newer:
        return plan
    kept = tuple(phone_type for phone_type in plan.phone_types if phone_type not in newer)
    return replace(plan, phone_types=kept) if kept else NoChange(None)


async def _read_back(parts: ChangeParts, user_id: str, plan: Write, answer: WriteAnswer) -> tuple[StoredPhone, ...]:
    """Reads until the write shows, within the bound; after a plain refusal it is enough to look once."""
    waits = read_back_waits(_bound(parts, answer))
    phones: tuple[StoredPhone, ...] = ()
    for wait in waits:
        await parts.ports.clock.sleep(wait)
        phones = await parts.ports.directory.read_phones(user_id)
        if is_done(plan, phones):
            break
    return phones


def _bound(parts: ChangeParts, answer: WriteAnswer) -> float:
    """Gives the seconds within which a write must show, or what a refusal rests on must come to light."""
    bound = parts.options.read_back.total_seconds()
    if answer.certainty is not WriteCertainty.REFUSED:
        return bound
    if answer.status not in _PERHAPS_STALE or answer.code == _DEFAULT_METHOD_CODE:
        return 0.0
    return min(bound, _STALE_BOUND)


def _nothing_to_write(task: Task, taken: _Taken) -> Verdict:
    """Tells a request that finds its own earlier write from one that finds nothing to do."""
    if taken.intent is not None:
        return _as_intended(task, taken.intent)
    return _verdict(task, Outcome.ALREADY_CORRECT, intent_of(taken.plan).code)


def _changed(task: Task, taken: _Taken, answer: WriteAnswer) -> Verdict:
    verdict = _as_intended(task, taken.intent or intent_of(taken.plan))
    if answer.status != _CONFLICT:
        return verdict
    # Graph answers 409 phoneNumberNotUnique where only the registration for SMS sign-in failed.
    return replace(verdict, warnings=(WarningCode.SMS_SIGN_IN_NOT_REGISTERED,))


def _not_seen(task: Task, answer: WriteAnswer, phones: tuple[StoredPhone, ...]) -> Verdict:
    """Decides about a write that no read shows: only what is certain ends the request."""
    match answer.certainty:
        case WriteCertainty.WRITTEN:
            raise NotYetVisibleError
        case WriteCertainty.UNCERTAIN if answer.status == _CONFLICT:
            return _verdict(task, Outcome.FAILED, Code.NUMBER_NOT_UNIQUE)
        case WriteCertainty.UNCERTAIN:
            raise DirectoryUnavailableError
        case WriteCertainty.REFUSED:
            return _refused(task, answer, phones)
        case _:
            assert_never(answer.certainty)


def _refused(task: Task, answer: WriteAnswer, phones: tuple[StoredPhone, ...]) -> Verdict:
    if set(phones) != set(task.state.phones):
        message = "The user's phones changed while this request was under way."
        raise DirectoryUnavailableError(message)
    if answer.code == _DEFAULT_METHOD_CODE:
        return _verdict(task, Outcome.FAILED, Code.DEFAULT_METHOD)
    return _verdict(task, Outcome.FAILED, Code.DIRECTORY_REFUSED, f"HTTP {answer.status} {answer.code}.")


def _as_intended(task: Task, intent: Intent) -> Verdict:
    verdict = _verdict(task, Outcome.CHANGED, intent.code)
    return replace(verdict, masked_number=intent.masked_number, previous_masked_number=intent.previous_masked_number)


def _verdict(task: Task, outcome: Outcome, code: Code, detail: str = "") -> Verdict:
    user = KnownUser(task.state.user.id, task.state.user.user_principal_name)
    intent = intent_of(task.plan)
    return Verdict(outcome, code, detail, user, intent.masked_number, intent.previous_masked_number)
