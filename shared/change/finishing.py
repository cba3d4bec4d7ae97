"""Steps 9 to 11: outcome and event into the ledger in one transaction, park, send the event, mark it as sent."""

import logging
from dataclasses import dataclass

from shared.change.parts import ChangeParts
from shared.change.settlement import Settlement, settlement_of
from shared.errors import BusUnavailableError, LedgerUnavailableError
from shared.messages.completion_event import RequestFacts, completion_event, message_id_of
from shared.messages.received import ReceivedMessage
from shared.outcome import Verdict
from shared.ports import UnsentEvent
from shared.record import Ending, Record
from shared.steps import Step
from shared.telemetry.changes import tell_end

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """A request that has come to its end, not yet written down."""

    record: Record
    facts: RequestFacts
    verdict: Verdict
    attempts: int


async def finish(parts: ChangeParts, message: ReceivedMessage, ended: Ended) -> None:
    """Writes the outcome down and tells it. Raises TransientError as long as that is not done.

    The message is parked after the outcome is written: a copy for a person must not speak of an ending that was not.
    """
    finished_at = parts.ports.clock.now()
    event = completion_event(
        ended.facts,
        ended.verdict,
        source=parts.options.event_source,
        policy_version=parts.policy.version,
        finished_at=finished_at,
        hold=ended.record.hold,
    )
    ending = Ending(ended.verdict, parts.policy.version, finished_at, ended.attempts)
    await parts.run(Step.FINISH, lambda: parts.ports.ledger.finish(ended.record, ending, event))
    _LOG.info("Request %s ended: %s (%s).", ended.facts.request_id, event.outcome, event.code)
    tell_end(ended.facts, ended.verdict, finished_at, ended.attempts)
    await parts.ports.brake.note(ended.record.key, ended.verdict)
    await _park(parts, message, ended.record, ended.verdict, event.id)
    await dispatch(parts, UnsentEvent(ended.record.key, event))
    # Always: a delivery that left a note need not have been counted, if its worker died.
    await parts.ports.waiting.forget(message.session_id, message.origin.sequence)


async def settle_again(parts: ChangeParts, message: ReceivedMessage, record: Record) -> None:
    """Does what an earlier run of a finished request did not get to: park, send the event."""
    if record.verdict is not None and not record.parked:
        await _park(parts, message, record, record.verdict, record.event_id)
    unsent = await parts.ports.outbox.unsent_of(record)
    if unsent is not None:
        await dispatch(parts, unsent)
    await parts.ports.waiting.forget(message.session_id, message.origin.sequence)


async def dispatch(parts: ChangeParts, unsent: UnsentEvent) -> None:
    """Sends a recorded event and marks it; where that fails, the outbox keeps it and the timer sends it."""
    try:
        await parts.run(Step.DISPATCH, lambda: parts.ports.events.publish(unsent.event))
        await parts.run(Step.MARK_DISPATCHED, lambda: parts.ports.outbox.mark_dispatched(unsent))
    except (BusUnavailableError, LedgerUnavailableError) as fault:
        _LOG.warning("Event %s waits in the outbox: %s", unsent.event.id, fault)


async def _park(parts: ChangeParts, message: ReceivedMessage, record: Record, verdict: Verdict, event_id: str) -> None:
    if settlement_of(verdict) is Settlement.PARK:
        await parts.ports.queue.park(message, verdict, message_id_of(event_id))
        await parts.ports.ledger.mark_parked(record)
