"""Steps 7 and 8, once step 6 is taken: write, read back, and say how it ended."""

import logging
from dataclasses import dataclass, replace
from typing import NamedTuple, assert_never

from shared.change.deciding import Task
from shared.change.intents import intent_of
from shared.change.noting import settle, take_back
from shared.change.one_writer import give_free
from shared.change.parts import ChangeParts
from shared.change.taking import Taken, take
from shared.change.writing import CONFLICT, Sent, Written, read_back, send, single_writes, types_of
from shared.codes import Code, WarningCode
from shared.directory_user import StoredPhone
from shared.errors import DirectoryUnavailableError, LedgerUnavailableError, NotYetVisibleError, TransientError
from shared.outcome import KnownUser, Outcome, Verdict
from shared.phone.phone_type import PhoneType
from shared.plan import NoChange, Write
from shared.policy.telephony_warnings import warnings_of
from shared.ports import DEFAULT_METHOD, WriteAnswer, WriteCertainty
from shared.record import Intent, Record
from shared.steps import Step

_LOG = logging.getLogger(__name__)
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
class _Run:
    """One run of a change that may be made."""

    parts: ChangeParts
    task: Task
    taken: Taken

    @property
    def user_id(self) -> str:
        return self.task.state.user.id


async def carry_out(parts: ChangeParts, task: Task) -> Carried:
    """Makes the change. Raises TransientError."""
    admitted = task.admitted
    if admitted.request.dry_run:
        code = _DRY_RUN_CODES[intent_of(task.plan).code]
        return Carried(_verdict(task, Outcome.PLANNED, code), admitted.record)
    try:
        taken = await parts.run(Step.WATERMARK, lambda: take(parts, task))
        verdict = await _done(_Run(parts, task, taken))
    except TransientError:
        await give_free(parts, task.state.user.id, admitted.record)
        raise
    await give_free(parts, task.state.user.id, admitted.record)
    return Carried(_with_spared(verdict, task), taken.record)


def _with_spared(verdict: Verdict, task: Task) -> Verdict:
    """Says of a removal that it left out a phone which a newer request had taken."""
    if len(task.marks) == len(task.admitted.request.phone_types):
        return verdict
    return replace(verdict, warnings=(*verdict.warnings, WarningCode.NEWER_PHONES_SPARED))


async def _done(run: _Run) -> Verdict:
    if isinstance(run.taken.plan, NoChange):
        return _nothing_to_write(run.task, run.taken)
    return await _written(run, run.taken.plan)


async def _written(run: _Run, plan: Write) -> Verdict:
    """Does the plan's writes one after the other, and ends at the first that no read shows."""
    done: list[Written] = []
    for write in single_writes(plan):
        written = await _one_write(run, write, first=not done)
        if not written.is_done:
            return await _ended_early(run, done, written)
        await _expect(run, write, written.phones or (), seen=True)
        await settle(run.parts, run.task, written.phones or ())
        done.append(written)
    return _changed(run.task, run.taken, done)


async def _one_write(run: _Run, write: Write, *, first: bool) -> Written:
    sent: Sent | None = None
    try:
        sent = await send(run.parts, run.user_id, write, repeated=run.taken.untouched.intent is not None)
        return await read_back(run.parts, run.user_id, sent)
    except TransientError:
        certainly_unwritten = sent is None or sent.answer.certainty is WriteCertainty.REFUSED
        if first and certainly_unwritten:
            await _take_back(run, write)
        raise


async def _take_back(run: _Run, write: Write) -> None:
    """Takes this run's note back where nothing was written: else a later refusal would have to speak of a doubt."""
    if run.taken.untouched is run.taken.record:
        return
    if run.taken.noted is not None:
        await take_back(run.parts, run.task, run.taken.noted)
    try:
        await run.parts.ports.ledger.note_intent(run.taken.record, run.taken.untouched.intent)
        await _expect(run, write, run.task.state.phones, seen=False)
    except LedgerUnavailableError as fault:
        _LOG.warning("The note of a write that was not made stays: %s", fault)


async def _expect(run: _Run, write: Write, phones: tuple[StoredPhone, ...], *, seen: bool) -> None:
    """Lets later requests know what stands there now, so that they recognise a read which is older than that."""
    by_type = {phone.phone_type: phone.number for phone in phones}
    for phone_type in types_of(write):
        number = by_type.get(phone_type)
        value_hash = number.keyed_hash(run.parts.options.number_key) if number else ""
        now = run.parts.ports.clock.now()
        mark = replace(run.taken.mark, value_hash=value_hash, advanced_at=now, seen=seen)
        await run.parts.ports.watermarks.advance(run.user_id, phone_type, mark, run.taken.mark)


async def _ended_early(run: _Run, done: list[Written], last: Written) -> Verdict:
    """Decides about a write that no read shows: only what is certain ends the request."""
    if last.phones is None:
        return _verdict(run.task, Outcome.FAILED, Code.NOT_CONFIRMED, "Microsoft Graph refuses to let it be read.")
    match last.answer.certainty:
        case WriteCertainty.WRITTEN:
            raise NotYetVisibleError
        case WriteCertainty.UNCERTAIN if last.answer.status == CONFLICT:
            return _verdict(run.task, Outcome.FAILED, Code.NUMBER_NOT_UNIQUE)
        case WriteCertainty.UNCERTAIN:
            raise DirectoryUnavailableError
        case WriteCertainty.REFUSED:
            return await _refused(run, done, last)
        case _:
            assert_never(last.answer.certainty)


async def _refused(run: _Run, done: list[Written], last: Written) -> Verdict:
    removed = tuple(phone_type for written in done for phone_type in types_of(written.write))
    expected = {phone for phone in run.task.state.phones if phone.phone_type not in removed}
    if set(last.phones or ()) != expected:
        if not done:
            await _take_back(run, last.write)
        message = "The user's phones changed while this request was under way."
        raise DirectoryUnavailableError(message)
    await _expect(run, last.write, last.phones or (), seen=False)
    if not done and run.taken.noted is not None and run.taken.untouched.intent is None:
        await take_back(run.parts, run.task, run.taken.noted)
    return _partly(_refusal_of(run.task, last.answer), removed, last.write)


def _partly(refused: Verdict, removed: tuple[PhoneType, ...], left: Write) -> Verdict:
    if not removed:
        return refused
    detail = f"Removed: {', '.join(removed)}. Still there: {', '.join(types_of(left))}. {refused.message}"
    return replace(refused, code=Code.PARTLY_REMOVED, detail=detail)


def _refusal_of(task: Task, answer: WriteAnswer) -> Verdict:
    if answer.code == DEFAULT_METHOD:
        return _verdict(task, Outcome.FAILED, Code.DEFAULT_METHOD)
    return _verdict(task, Outcome.FAILED, Code.DIRECTORY_REFUSED, f"HTTP {answer.status} {answer.code}.")


def _nothing_to_write(task: Task, taken: Taken) -> Verdict:
    """Tells a request that finds its own earlier write from one that finds nothing to do."""
    if taken.intent is not None:
        return _as_intended(task, taken.intent)
    return _verdict(task, Outcome.ALREADY_CORRECT, intent_of(taken.plan).code)


def _changed(task: Task, taken: Taken, done: list[Written]) -> Verdict:
    verdict = _as_intended(task, taken.intent or intent_of(taken.plan))
    if all(written.answer.status != CONFLICT for written in done):
        return verdict
    # Graph answers 409 phoneNumberNotUnique where only the registration for SMS sign-in failed.
    return replace(verdict, warnings=(*verdict.warnings, WarningCode.SMS_SIGN_IN_NOT_REGISTERED))


def _as_intended(task: Task, intent: Intent) -> Verdict:
    verdict = _verdict(task, Outcome.CHANGED, intent.code)
    return replace(verdict, masked_number=intent.masked_number, previous_masked_number=intent.previous_masked_number)


def _verdict(task: Task, outcome: Outcome, code: Code, detail: str = "") -> Verdict:
    user = KnownUser(task.state.user.id, task.state.user.user_principal_name)
    intent = intent_of(task.plan)
    return Verdict(
        outcome,
        code,
        detail,
        user,
        intent.masked_number,
        intent.previous_masked_number,
        warnings=warnings_of(task.facts, task.decision.proof),
        findings=task.decision.findings,
        proof=task.decision.proof,
        phone_type=task.admitted.request.phone_type,
    )
