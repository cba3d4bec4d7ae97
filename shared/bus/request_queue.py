"""The request queue: scheduled copies of messages that wait, and the parked queue for those that need a person."""

import hashlib
from datetime import timedelta

from azure.servicebus import ServiceBusMessage

from shared.bus.sender import SharedSender, bus_properties
from shared.messages.received import Properties, ReceivedMessage
from shared.outcome import Verdict
from shared.ports import Clock

_MESSAGE_ID_LENGTH = 128


class BusRequestQueue:
    """Sends to the request queue and to the parked queue."""

    def __init__(self, requests: SharedSender, parked: SharedSender, clock: Clock) -> None:
        self._requests = requests
        self._parked = parked
        self._clock = clock

    async def postpone(self, message: ReceivedMessage, delay: timedelta) -> None:
        """Sends a scheduled copy: same body and session, next attempt, new MessageId, the first arrival's sequence."""
        copy = ServiceBusMessage(
            message.body,
            message_id=_copy_id(message),
            session_id=message.session_id,
            content_type=message.content_type,
            scheduled_enqueue_time_utc=self._clock.now() + delay,
            application_properties=bus_properties(message.next_attempt()),
        )
        await self._requests.send(copy)

    async def park(self, message: ReceivedMessage, verdict: Verdict, parked_id: str) -> None:
        """Keeps the body as it came, beside it the reason; the queue detects a second copy by its MessageId."""
        reason: Properties = {
            **message.next_attempt(),
            "parkedCode": verdict.code.value,
            "parkedReason": verdict.message,
            "originalSessionId": message.session_id,
        }
        await self._parked.send(
            ServiceBusMessage(
                message.body,
                message_id=parked_id,
                content_type=message.content_type,
                application_properties=bus_properties(reason),
            )
        )


def _copy_id(message: ReceivedMessage) -> str:
    copy_id = f"{message.original_message_id}~{message.attempt + 1}"
    if len(copy_id) <= _MESSAGE_ID_LENGTH:
        return copy_id
    return hashlib.sha256(copy_id.encode()).hexdigest()
