"""Turns the host's message into the product's own value."""

from datetime import UTC, datetime

import azure.functions as func

from shared.composition import configuration
from shared.messages.origin import origin_of
from shared.messages.received import ReceivedMessage
from shared.messages.trace_context import traceparent_of

# Sequence numbers are 64 bits wide; what stands above them is the queue's epoch.
_SEQUENCE_BITS = 63


def received(message: func.ServiceBusMessage, context: func.Context) -> ReceivedMessage:
    """Gives what the product uses of a message; the host's times carry no zone and are UTC."""
    settings = configuration().settings
    body, properties = message.get_body(), message.application_properties or {}
    return ReceivedMessage(
        body=body,
        message_id=message.message_id or "",
        session_id=message.session_id or "",
        sequence_number=(settings.sequence_epoch << _SEQUENCE_BITS) + (message.sequence_number or 0),
        enqueued_at=in_utc(message.enqueued_time_utc),
        content_type=message.content_type or "application/json",
        delivery_count=message.delivery_count or 1,
        traceparent=traceparent_of(properties, context.trace_context.trace_parent),
        copied_from=origin_of(properties, body, settings.number_keys),
    )


def in_utc(moment: datetime | None) -> datetime:
    """Gives a time of the host, which carries no zone and is UTC; without one, it is now."""
    if moment is None:
        return datetime.now(UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
