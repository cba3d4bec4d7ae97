"""Watches a function at work: a span and a count for each message, and a span for each tick of a timer."""

from contextlib import AbstractContextManager

import azure.functions as func

from functions.received import in_utc
from shared.messages.decode import told_name
from shared.messages.trace_context import traceparent_of
from shared.telemetry.deliveries import Delivery, processing, ticking


def delivery(
    message: func.ServiceBusMessage, context: func.Context, destination: str, subscription: str = ""
) -> AbstractContextManager[None]:
    """Watches the work for a message of a queue, or of a topic's subscription."""
    return processing(
        Delivery(
            function=context.function_name,
            destination=destination,
            message_id=told_name(message.message_id or ""),
            delivery_count=message.delivery_count or 1,
            enqueued_at=in_utc(message.enqueued_time_utc),
            traceparent=traceparent_of(message.application_properties or {}),
            host_traceparent=_of_host(context),
            invocation_id=context.invocation_id,
            subscription=subscription,
        )
    )


def tick(context: func.Context) -> AbstractContextManager[None]:
    """Watches the work of a timer."""
    return ticking(context.function_name, _of_host(context), context.invocation_id)


def _of_host(context: func.Context) -> str:
    return traceparent_of({}, context.trace_context.trace_parent)
