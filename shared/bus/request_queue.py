"""The request queue: scheduled copies of messages that wait, and the parked queue for those that need a person."""

from dataclasses import replace
from datetime import timedelta

from azure.servicebus import ServiceBusMessage

from shared.bus.sender import SharedSender, bus_properties
from shared.errors import MessageTooLargeError
from shared.messages.change_request import ChangeRequest
from shared.messages.completion_event import message_id_of
from shared.messages.decode import decode
from shared.messages.received import TRACEPARENT, Properties, ReceivedMessage
from shared.outcome import Verdict
from shared.ports import Clock
from shared.telemetry.instruments import instruments
from shared.telemetry.names import CODE


class BusRequestQueue:
    """Sends to the request queue and to the parked queue; `key` signs where a copy comes from."""

    def __init__(self, requests: SharedSender, parked: SharedSender, clock: Clock, key: bytes) -> None:
        self._requests = requests
        self._parked = parked
        self._clock = clock
        self._key = key

    async def postpone(self, message: ReceivedMessage, delay: timedelta) -> None:
        """Sends a scheduled copy: same body and session, next attempt, new MessageId, the first arrival's sequence."""
        copy = ServiceBusMessage(
            message.body,
            message_id=_copy_id(message),
            session_id=message.session_id,
            content_type=message.content_type,
            # A worker whose clock is behind would schedule for the past, and get its copies back at once.
            scheduled_enqueue_time_utc=max(self._clock.now(), message.enqueued_at) + delay,
            application_properties=bus_properties(self._carried(message)),
        )
        await self._requests.send(copy)

    async def park(self, message: ReceivedMessage, verdict: Verdict, parked_id: str) -> None:
        """Keeps the body as it came, beside it the reason; the queue detects a second copy by its MessageId."""
        code: Properties = {"parkedCode": verdict.code.value}
        reason = {"parkedReason": verdict.message, **self._for_replay(message)}
        try:
            await self._parked.send(_parked(message, parked_id, {**reason, **code}))
        except MessageTooLargeError:
            # Body and properties together have the limit; the body is what must not be lost.
            await self._parked.send(_parked(message, parked_id, code))
        instruments().parked.add(1, {CODE: verdict.code.value})

    def _for_replay(self, message: ReceivedMessage) -> Properties:
        """Gives what a replay needs of a request; ids of a message that is none may be anything, a number even."""
        request = decode(message)
        if not isinstance(request, ChangeRequest):
            return _trace(message)
        named = replace(message, copied_from=replace(message.origin, message_id=request.request_id))
        return {**self._carried(named), "originalSessionId": message.session_id}

    def _carried(self, message: ReceivedMessage) -> Properties:
        return {**_trace(message), **message.origin.next_attempt().signed(message.body, self._key)}


def _trace(message: ReceivedMessage) -> Properties:
    return {TRACEPARENT: message.traceparent} if message.traceparent else {}


def _parked(message: ReceivedMessage, parked_id: str, properties: Properties) -> ServiceBusMessage:
    return ServiceBusMessage(
        message.body,
        message_id=parked_id,
        content_type=message.content_type,
        application_properties=bus_properties(properties),
    )


def _copy_id(message: ReceivedMessage) -> str:
    return message_id_of(f"{message.origin.message_id}~{message.origin.attempt + 1}")
