"""Turns the host's message into the product's own value."""

from datetime import UTC, datetime

import azure.functions as func

from shared.messages.received import TRACEPARENT, Properties, ReceivedMessage


def received(message: func.ServiceBusMessage, context: func.Context) -> ReceivedMessage:
    """Gives what the product uses of a message; the host's times carry no zone and are UTC."""
    properties: Properties = dict(message.application_properties)
    return ReceivedMessage(
        body=message.get_body(),
        message_id=message.message_id,
        session_id=message.session_id or "",
        sequence_number=message.sequence_number or 0,
        enqueued_at=_in_utc(message.enqueued_time_utc),
        content_type=message.content_type or "application/json",
        delivery_count=message.delivery_count or 1,
        properties=properties,
        traceparent=_traceparent(properties, context),
    )


def _in_utc(moment: datetime | None) -> datetime:
    if moment is None:
        return datetime.now(UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _traceparent(properties: Properties, context: func.Context) -> str:
    """Prefers the producer's trace to the invocation's own."""
    own = properties.get(TRACEPARENT) or properties.get("Diagnostic-Id") or context.trace_context.trace_parent
    return str(own or "")
