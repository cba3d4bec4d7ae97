"""A message as it came off the queue, whoever took it off."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.messages.origin import Origin

TRACEPARENT = "traceparent"

type Properties = dict[str, str]


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """What this product uses of a Service Bus message. The body may hold a clear phone number: never log it."""

    body: bytes = field(repr=False)
    message_id: str
    session_id: str
    sequence_number: int
    enqueued_at: datetime
    content_type: str = "application/json"
    delivery_count: int = 1
    traceparent: str = ""
    # Where a scheduled copy of our own first came from; None for a producer's message.
    copied_from: Origin | None = None

    @property
    def origin(self) -> Origin:
        """The request's first arrival: what orders requests, and what tells when it was accepted."""
        return self.copied_from or Origin(self.message_id, self.sequence_number, self.enqueued_at)
