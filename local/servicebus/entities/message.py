"""A message in an entity: what was sent, and what has become of it since."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, IntEnum

from local.servicebus.amqp.message import Content
from local.servicebus.amqp.times import from_milliseconds
from local.servicebus.clock import Appointment
from local.servicebus.entities.locks import Lock

_SCHEDULED = "x-opt-scheduled-enqueue-time"


class MessageState(IntEnum):
    """What a receiver may do with a message; the numbers are Service Bus's."""

    ACTIVE = 0
    DEFERRED = 1
    SCHEDULED = 2


class ReceiveMode(Enum):
    """What happens to a message when it is received."""

    PEEK_LOCK = "it stays, locked, until it is settled"
    RECEIVE_AND_DELETE = "it is gone at once"


@dataclass(frozen=True, slots=True)
class Transit:
    """A message on its way into an entity: from a sender, a topic, or another entity that forwards it."""

    content: Content
    # Application properties that say why it was dead-lettered.
    reasons: Mapping[str, str] = field(default_factory=dict)
    enqueued_sequence_number: int | None = None
    dead_letter_source: str | None = None
    time_to_live: timedelta | None = None

    @property
    def session_id(self) -> str | None:
        """Names the session that the message belongs to."""
        return self.content.properties.group_id

    @property
    def message_id(self) -> str | None:
        """Gives the message's id as text, whatever its type."""
        told = self.content.properties.message_id
        return None if told is None else str(told)

    @property
    def scheduled_for(self) -> datetime | None:
        """Says when the sender wants the message to be enqueued."""
        told = self.content.annotations.get(_SCHEDULED)
        return from_milliseconds(told) if isinstance(told, int) else None


@dataclass(slots=True, eq=False)
class BrokeredMessage:
    """A message in an entity."""

    transit: Transit = field(repr=False)
    sequence_number: int
    enqueued_at: datetime
    expires_at: datetime | None = None
    state: MessageState = MessageState.ACTIVE
    delivery_count: int = 0
    lock: Lock | None = None
    expiry: Appointment | None = field(default=None, repr=False)

    @property
    def session_id(self) -> str | None:
        """Names the session that the message belongs to."""
        return self.transit.session_id

    def expired(self, now: datetime) -> bool:
        """Says whether its time to live is over."""
        return self.expires_at is not None and self.expires_at <= now
