"""Steps 9 to 11: outcome and event into the ledger in one transaction, send the event, mark it as sent."""

import logging
from dataclasses import dataclass

from shared.change.parts import ChangeParts
from shared.change.settlement import Settlement, settlement_of
from shared.errors import BusUnavailableError, LedgerUnavailableError
from shared.messages.completion_event import RequestFacts, completion_event
from shared.messages.received import ReceivedMessage
from shared.outcome import Verdict
from shared.ports import UnsentEvent
from shared.record import Ending, Record
from shared.steps import Step

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """A request that has come to its end, not yet written down."""

    record: Record
    facts: RequestFacts
    verdict: Verdict
    attempts: int


async def finish(parts: ChangeParts, message: ReceivedMessage, ended: Ended) -> None:
    """Writes the outcome down and tells it. Raises TransientError as long as it is not written down."""
    finished_at = parts.ports.clock.now()
    event = completion_event(
        ended.facts,
        ended.verdict,
        source=parts.options.event_source,
        policy_version=parts.policy.version,
        finished_at=finished_at,
    )
    if settlement_of(ended.verdict) is Settlement.PARK:
        await parts.ports.queue.park(message, ended.verdict, event.message_id)
    ending = Ending(ended.verdict, parts.policy.version, finished_at, ended.attempts)
    await parts.run(Step.FINISH, lambda: parts.ports.ledger.finish(ended.record, ending, event))
    _LOG.info("Request %s ended: %s (%s).", ended.facts.request_id, event.outcome, event.code)
    await _forget_wait(parts, message, ended.record)
    await dispatch(parts, UnsentEvent(ended.record.key, event))


async def dispatch(parts: ChangeParts, unsent: UnsentEvent) -> None:
    """Sends a recorded event and marks it; where that fails, the outbox keeps it and the timer sends it."""
    try:
        await parts.run(Step.DISPATCH, lambda: parts.ports.events.publish(unsent.event))
        await parts.run(Step.MARK_DISPATCHED, lambda: parts.ports.outbox.mark_dispatched(unsent))
    except (BusUnavailableError, LedgerUnavailableError) as fault:
        _LOG.warning("Event %s waits in the outbox: %s", unsent.event.id, fault)


async def dispatch_if_unsent(parts: ChangeParts, record: Record) -> None:
    """Sends the event of a request that was finished before, where an earlier run did not get that far."""
    unsent = await parts.ports.outbox.unsent_of(record)
    if unsent is not None:
        await dispatch(parts, unsent)


async def _forget_wait(parts: ChangeParts, message: ReceivedMessage, record: Record) -> None:
    if message.attempt == 1:
        return
    try:
        await parts.ports.waiting.forget(message.session_id, record.sequence)
    except LedgerUnavailableError as fault:
        _LOG.warning("A note that a request waits could not be removed: %s", fault)
