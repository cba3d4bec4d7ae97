"""How entities are set up; `config` reads it from a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from local.servicebus.entities.filters import Filter

# Service Bus's standard tier takes as much, and so does Microsoft's emulator.
MAX_MESSAGE_SIZE = 256 * 1024


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """What holds for a queue or a subscription; the defaults are those of Microsoft's emulator."""

    lock_duration: timedelta = timedelta(minutes=1)
    # None is for dead-letter queues, which keep what they have.
    max_delivery_count: int | None = 3
    default_time_to_live: timedelta | None = timedelta(hours=1)
    dead_letter_on_expiration: bool = False
    requires_session: bool = False
    # None: duplicates are not looked for.
    duplicate_window: timedelta | None = None
    forward_to: str | None = None
    forward_dead_letters_to: str | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionSettings:
    """A subscription's queue, and the rules that say which messages it gets; any one that matches is enough."""

    queue: QueueSettings = QueueSettings()
    rules: Mapping[str, Filter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """What holds for a topic."""

    default_time_to_live: timedelta | None = timedelta(hours=1)
    duplicate_window: timedelta | None = None
    subscriptions: Mapping[str, SubscriptionSettings] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NamespaceSettings:
    """All entities, by their names."""

    queues: Mapping[str, QueueSettings] = field(default_factory=dict)
    topics: Mapping[str, TopicSettings] = field(default_factory=dict)
