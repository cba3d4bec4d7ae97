"""Gives every dead-lettered message its outcome: parked for a person with the broker's reason, or expired."""

from dataclasses import dataclass

from shared.change.admission import Admitted, Settled, TurnedAway, admit
from shared.change.backoff import wait_for
from shared.change.finishing import Ended, dispatch_if_unsent, finish
from shared.change.parts import ChangeParts
from shared.codes import Code
from shared.errors import TransientError
from shared.messages.received import ReceivedMessage
from shared.outcome import Outcome, Verdict

_TIME_TO_LIVE_OVER = "TTLExpiredException"


@dataclass(frozen=True, slots=True)
class DeadLetterService:
    """Drains the dead-letter queue of change requests."""

    parts: ChangeParts

    async def handle(self, message: ReceivedMessage, reason: str) -> None:
        """Ends a dead-lettered request; `reason` is the broker's DeadLetterReason.

        A dead letter that is abandoned comes back at once and for ever, so a fault is waited out before it is raised.
        """
        try:
            await self._end(message, reason)
        except TransientError as fault:
            await self.parts.ports.clock.sleep(wait_for(fault, message.delivery_count))
            raise

    async def _end(self, message: ReceivedMessage, reason: str) -> None:
        match await admit(self.parts, message):
            case Settled(record):
                await dispatch_if_unsent(self.parts, record)
            case TurnedAway(record, facts, verdict):
                await finish(self.parts, message, Ended(record, facts, verdict, message.attempt))
            case Admitted(_, record, facts):
                verdict = _verdict(reason, has_written=record.intent is not None)
                await finish(self.parts, message, Ended(record, facts, verdict, message.attempt))


def _verdict(reason: str, *, has_written: bool) -> Verdict:
    if reason == _TIME_TO_LIVE_OVER and not has_written:
        return Verdict(Outcome.EXPIRED, Code.PAST_EXPIRY, "Its time on the queue was over.")
    doubt = " The change may have been made." if has_written else ""
    return Verdict(Outcome.FAILED, Code.DELIVERIES_EXHAUSTED, f"Service Bus says {reason or 'nothing'}.{doubt}")
