"""Time to live; https://learn.microsoft.com/azure/service-bus-messaging/message-expiration."""

from collections.abc import Callable
from datetime import datetime, timedelta

from local.servicebus.clock import Clock
from local.servicebus.entities.message import BrokeredMessage, Transit


def expires_at(transit: Transit, entity: timedelta | None, enqueued_at: datetime) -> datetime | None:
    """Says when a message's time is over: the shortest of its own, its topic's and its entity's time to live."""
    own = transit.content.header.ttl
    told = [transit.time_to_live, entity, None if own is None else timedelta(milliseconds=own)]
    spans = [span for span in told if span is not None]
    try:
        return enqueued_at + min(spans) if spans else None
    except OverflowError:
        # .NET's TimeSpan.MaxValue, 29,247 years, is how Service Bus writes "for ever".
        return None


def watch(message: BrokeredMessage, clock: Clock, on_expired: Callable[[BrokeredMessage], None]) -> None:
    """Sees to it that the entity hears of the end of a message's time."""
    if message.expires_at is not None:
        message.expiry = clock.call_at(message.expires_at, lambda: on_expired(message))
