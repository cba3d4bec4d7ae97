"""Gives every dead-lettered message its outcome: parked for a person with the broker's reason, or expired."""

import logging
from dataclasses import dataclass

from shared.backoff import LONGEST_WAIT, wait_for
from shared.change.admission import Admitted, Settled, TurnedAway, admit, unreadable_record
from shared.change.finishing import Ended, finish, settle_again
from shared.change.parts import ChangeParts
from shared.codes import Code
from shared.errors import TransientError
from shared.messages.completion_event import completion_event
from shared.messages.decode import name_of
from shared.messages.received import ReceivedMessage
from shared.outcome import Outcome, Verdict
from shared.phone.redaction import redact
from shared.telemetry.changes import tell_end
from shared.telemetry.work import name_request

_LOG = logging.getLogger(__name__)
_TIME_TO_LIVE_OVER = "TTLExpiredException"


@dataclass(frozen=True, slots=True)
class DeadLetterService:
    """Drains the dead-letter queue of change requests."""

    parts: ChangeParts

    async def handle(self, message: ReceivedMessage, reason: str) -> None:
        """Ends a dead-lettered request; `reason` is the broker's DeadLetterReason.

        A dead letter that is abandoned comes back at once and for ever, so a fault is waited out before it is raised.
        """
        name_request(name_of(message))
        reason = redact(reason, ())  # a person may have written it
        try:
            await self._end_somehow(message, reason)
        except TransientError as fault:
            await self.parts.ports.clock.sleep(wait_for(fault, message.delivery_count))
            raise
        except Exception:
            await self.parts.ports.clock.sleep(LONGEST_WAIT)
            raise

    async def _end_somehow(self, message: ReceivedMessage, reason: str) -> None:
        """Ends the request; one at which the product itself breaks is parked past the ledger."""
        try:
            await self._end(message, reason)
        except TransientError:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is, it would come back at once and for ever
            _LOG.error("Message %s cannot be ended (%s).", name_of(message), type(fault).__name__)
            await self._park_past_the_ledger(message, reason)

    async def _end(self, message: ReceivedMessage, reason: str) -> None:
        match await admit(self.parts, message):
            case Settled(record):
                await settle_again(self.parts, message, record)
            case TurnedAway(record, facts, verdict):
                await finish(self.parts, message, Ended(record, facts, verdict, message.origin.attempt))
            case Admitted(_, record, facts):
                verdict = _verdict(reason, has_written=record.intent is not None)
                await finish(self.parts, message, Ended(record, facts, verdict, message.origin.attempt))

    async def _park_past_the_ledger(self, message: ReceivedMessage, reason: str) -> None:
        """Keeps the body and tells it; what the ledger knows of the request cannot be asked, so a doubt remains."""
        facts = unreadable_record(self.parts, message).facts
        verdict = _verdict(reason, has_written=True)
        event = completion_event(
            facts,
            verdict,
            source=self.parts.options.event_source,
            policy_version=self.parts.policy.version,
            finished_at=facts.accepted_at,
        )
        await self.parts.ports.queue.park(message, verdict, event.message_id)
        await self.parts.ports.events.publish(event)
        tell_end(facts, verdict, self.parts.ports.clock.now(), message.origin.attempt)


def _verdict(reason: str, *, has_written: bool) -> Verdict:
    if reason == _TIME_TO_LIVE_OVER and not has_written:
        return Verdict(Outcome.EXPIRED, Code.PAST_EXPIRY, "Its time on the queue was over.")
    doubt = " The change may have been made." if has_written else ""
    return Verdict(Outcome.FAILED, Code.DELIVERIES_EXHAUSTED, f"Service Bus says {reason or 'nothing'}.{doubt}")
