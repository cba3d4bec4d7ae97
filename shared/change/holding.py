"""Holding a request: it waits for a second person, or for a while, and an event says so."""

from typing import NoReturn

from shared.change.admission import Admitted
from shared.change.finishing import dispatch
from shared.change.intents import intent_of
from shared.change.parts import ChangeParts
from shared.codes import Code
from shared.errors import RequestHeldError
from shared.messages.held_event import held_event
from shared.outcome import KnownUser, Outcome, Verdict
from shared.plan import HoldBack, write_hash
from shared.policy.answers import Answer
from shared.policy.facts import Facts
from shared.policy.lock_out import lock_out_proof
from shared.ports import UnsentEvent
from shared.record import Record
from shared.request_hold import HoldState, RequestHold
from shared.steps import Step
from shared.telemetry.changes import tell_held


async def pause(parts: ChangeParts, admitted: Admitted, facts: Facts, plan: HoldBack, user: KnownUser) -> NoReturn:
    """Writes the hold and its event down in one transaction, and sends the event. Raises RequestHeldError, always.

    Nothing else may be done with the request in this delivery: its record has changed.
    """
    hold = _hold(parts, admitted, facts, plan, user)
    event = held_event(admitted.facts, hold, source=parts.options.event_source, policy_version=parts.policy.version)
    await parts.run(Step.FINISH, lambda: parts.ports.ledger.hold(admitted.record, hold, event))
    tell_held(admitted.facts, hold.findings[0].code, user.id)
    await dispatch(parts, UnsentEvent(admitted.record.key, event))
    raise RequestHeldError(retry_after=parts.policy.rules.hold.look_again.total_seconds())


def standing(parts: ChangeParts, record: Record) -> Verdict | None:
    """Gives how a held request ends without being carried out; None where it may be tried.

    Raises RequestHeldError while it waits.
    """
    hold, now = record.hold, parts.ports.clock.now()
    if hold is None or hold.state is HoldState.APPROVED:
        return None
    if hold.state is HoldState.CANCELLED:
        return _ended(hold, Outcome.REJECTED, Code.CANCELLED)
    if hold.releases_at is None and now >= hold.expires_at:
        return _ended(hold, Outcome.EXPIRED, Code.NOT_APPROVED)
    left = ((hold.releases_at or hold.expires_at) - now).total_seconds()
    if left <= 0:
        return None
    raise RequestHeldError(retry_after=min(parts.policy.rules.hold.look_again.total_seconds(), left))


def _hold(parts: ChangeParts, admitted: Admitted, facts: Facts, plan: HoldBack, user: KnownUser) -> RequestHold:
    now, rules, earlier = facts.now, parts.policy.rules.hold, admitted.record.hold
    intent, types = intent_of(plan.write), admitted.request.phone_types
    cools_off = all(finding.answer is Answer.COOL_OFF for finding in plan.open)
    return RequestHold(
        findings=plan.findings,
        placed_at=now,
        expires_at=facts.expires_at if cools_off else min(now + rules.longest, facts.expires_at),
        user=user,
        masked_number=intent.masked_number,
        previous_masked_number=intent.previous_masked_number,
        phone_type=types[0] if len(types) == 1 else None,
        proof=lock_out_proof(facts),
        write_hash=write_hash(user.id, plan.write, parts.options.number_key),
        releases_at=min(now + rules.cooling_off, facts.expires_at) if cools_off else None,
        generation=earlier.generation + 1 if earlier else 1,
    )


def _ended(hold: RequestHold, outcome: Outcome, code: Code) -> Verdict:
    detail = f"By {hold.decision.approver}: {hold.decision.reason}" if hold.decision else ""
    return Verdict(
        outcome,
        code,
        detail,
        hold.user,
        hold.masked_number,
        hold.previous_masked_number,
        findings=hold.findings,
        proof=hold.proof,
        phone_type=hold.phone_type,
    )
