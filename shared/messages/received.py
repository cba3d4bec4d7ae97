"""A message as it came off the queue, whoever took it off."""

from dataclasses import dataclass, field
from datetime import datetime

# Application properties that a rescheduled copy carries; producers do not set them.
ATTEMPT = "attempt"
ORIGINAL_SEQUENCE = "originalSequence"
ORIGINAL_MESSAGE_ID = "originalMessageId"
ORIGINAL_ENQUEUED_AT = "originalEnqueuedAt"
TRACEPARENT = "traceparent"
_OWN_PROPERTIES = (ATTEMPT, ORIGINAL_SEQUENCE, ORIGINAL_MESSAGE_ID, ORIGINAL_ENQUEUED_AT)

type PropertyValue = str | int | float | bool
type Properties = dict[str, PropertyValue]


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
    properties: Properties = field(default_factory=dict)
    traceparent: str = ""

    @property
    def attempt(self) -> int:
        """Which attempt this is: 1 for the producer's message, more for rescheduled copies."""
        return _whole(self.properties.get(ATTEMPT), 1)

    @property
    def original_sequence(self) -> int:
        """The broker's sequence number of the request's first arrival: what orders requests."""
        return _whole(self.properties.get(ORIGINAL_SEQUENCE), self.sequence_number)

    @property
    def original_message_id(self) -> str:
        """The MessageId that the producer gave."""
        return str(self.properties.get(ORIGINAL_MESSAGE_ID, self.message_id))

    @property
    def accepted_at(self) -> datetime:
        """When the request first arrived."""
        written = self.properties.get(ORIGINAL_ENQUEUED_AT)
        return datetime.fromisoformat(written) if isinstance(written, str) else self.enqueued_at

    def next_attempt(self) -> Properties:
        """Gives the application properties of a copy that is to be tried later."""
        return {
            **{name: value for name, value in self.properties.items() if name not in _OWN_PROPERTIES},
            ATTEMPT: self.attempt + 1,
            ORIGINAL_SEQUENCE: self.original_sequence,
            ORIGINAL_MESSAGE_ID: self.original_message_id,
            ORIGINAL_ENQUEUED_AT: self.accepted_at.isoformat(),
        }


def _whole(value: PropertyValue | None, default: int) -> int:
    return int(value) if isinstance(value, int | float) or (isinstance(value, str) and value.isdigit()) else default
