"""Puts requests on the queue as a producer does: MessageId, SessionId, scheduled where they have an effective date."""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from azure.servicebus import ServiceBusMessage

from local.demo.feed import FeedRequest
from local.demo.feed_writer import RawMessage
from local.demo.traced_sender import TracedSender
from shared.messages.approval import Approval

_RAW_SESSION = "unreadable"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it is sent; the body may hold a clear phone number."""

    message_id: str
    session_id: str
    body: bytes
    effective_at: datetime | None = None
    # The requests that must have come to their end before it is sent.
    after: frozenset[str] = frozenset()


def outgoing(
    requests: Sequence[FeedRequest], raw: Sequence[RawMessage], after: Mapping[str, Collection[str]] | None = None
) -> list[Outgoing]:
    """Gives the messages of a feed."""
    rows = [
        Outgoing(
            request.request_id,
            request.session_id,
            json.dumps(request.body, ensure_ascii=False).encode(errors="replace"),
            request.effective_at,
            frozenset((after or {}).get(request.request_id, ())),
        )
        for request in requests
    ]
    return rows + [Outgoing(message.message_id, _RAW_SESSION, message.body) for message in raw]


@dataclass
class Producer:
    """Sends the messages one by one, in their order, and tells of each; some wait until others have ended."""

    messages: Sequence[Outgoing]
    sender: TracedSender
    sent: Callable[[], None]
    _ended: set[str] = field(default_factory=set)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """Sets those aside that wait."""
        self._waiting = [message for message in self.messages if message.after]

    async def send_all(self) -> None:
        """Sends what waits for nothing."""
        for message in self.messages:
            if not message.after:
                await self._send(message)

    async def ended(self, request_id: str) -> None:
        """Sends what has waited for a request to come to its end, and for no other one any more."""
        self._ended.add(request_id)
        due = [message for message in self._waiting if message.after <= self._ended]
        self._waiting = [message for message in self._waiting if message not in due]
        for message in due:
            await self._send(message)

    async def _send(self, message: Outgoing) -> None:
        async with self._turn:
            await self.sender.send(
                ServiceBusMessage(
                    message.body,
                    message_id=message.message_id,
                    session_id=message.session_id,
                    content_type=_JSON,
                    scheduled_enqueue_time_utc=message.effective_at,
                )
            )
        self.sent()


def approval_message(approval: Approval) -> ServiceBusMessage:
    """Gives an approval as its queue takes it."""
    body = approval.model_dump_json(by_alias=True)
    return ServiceBusMessage(body, message_id=approval.approval_id, content_type=_JSON)
