"""Puts requests on the queue as a producer does: MessageId, SessionId, scheduled where they have an effective date."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient

from local.demo.feed import FeedRequest
from local.demo.feed_writer import RawMessage

_RAW_SESSION = "unreadable"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it is sent; the body may hold a clear phone number."""

    message_id: str
    session_id: str
    body: bytes
    effective_at: datetime | None = None


def outgoing(requests: Sequence[FeedRequest], raw: Sequence[RawMessage]) -> list[Outgoing]:
    """Gives the messages of a feed."""
    rows = [
        Outgoing(
            request.request_id,
            request.session_id,
            json.dumps(request.body, ensure_ascii=False).encode(errors="replace"),
            request.effective_at,
        )
        for request in requests
    ]
    return rows + [Outgoing(message.message_id, _RAW_SESSION, message.body) for message in raw]


async def send(connection: str, queue: str, messages: Sequence[Outgoing], sent: Callable[[], None]) -> None:
    """Sends the messages one by one, in their order, and tells of each."""
    async with (
        ServiceBusClient.from_connection_string(connection) as client,
        client.get_queue_sender(queue) as sender,
    ):
        for message in messages:
            await sender.send_messages(
                ServiceBusMessage(
                    message.body,
                    message_id=message.message_id,
                    session_id=message.session_id,
                    content_type="application/json",
                    scheduled_enqueue_time_utc=message.effective_at,
                )
            )
            sent()
