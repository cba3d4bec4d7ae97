"""A span for each message that is sent, and its traceparent for the message."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.trace import SpanKind, get_current_span

from shared.telemetry import names
from shared.telemetry.spans import quiet_span
from shared.telemetry.trace_context import context_of, traceparent_of_span


@contextmanager
def sending(destination: str, message_id: str, traceparent: str = "") -> Iterator[str]:
    """Runs the sending of a message, and gives the traceparent that the message is to carry.

    `traceparent` is what the message belongs to; it decides where the running work belongs to another trace, such as a
    timer that sends what an earlier run could not.
    """
    attributes = {
        names.MESSAGING_SYSTEM: "servicebus",
        names.MESSAGING_OPERATION_NAME: names.SEND,
        names.MESSAGING_OPERATION_TYPE: names.SEND,
        names.MESSAGING_DESTINATION: destination,
        names.MESSAGING_MESSAGE_ID: message_id,
    }
    parent = context_of(traceparent) if _is_elsewhere(traceparent) else None
    with quiet_span(f"{names.SEND} {destination}", SpanKind.PRODUCER, attributes, parent=parent) as span:
        yield traceparent_of_span(span, traceparent)


def _is_elsewhere(traceparent: str) -> bool:
    meant = get_current_span(context_of(traceparent)).get_span_context()
    return meant.is_valid and meant.trace_id != get_current_span().get_span_context().trace_id
