"""Sends messages as a system does that traces its own work: every message begins a trace, which the product goes on."""

from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusSender
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, Tracer

from shared.telemetry import names
from shared.telemetry.trace_context import traceparent_of_span


class TracedSender:
    """A sender whose messages carry the `traceparent` of their sending."""

    def __init__(self, sender: ServiceBusSender, tracer: Tracer) -> None:
        self._sender = sender
        self._tracer = tracer

    async def send(self, message: ServiceBusMessage) -> None:
        """Sends a message."""
        destination = self._sender.entity_name
        attributes = {
            names.MESSAGING_SYSTEM: "servicebus",
            names.MESSAGING_OPERATION_NAME: names.SEND,
            names.MESSAGING_OPERATION_TYPE: names.SEND,
            names.MESSAGING_DESTINATION: destination,
            names.MESSAGING_MESSAGE_ID: str(message.message_id),
        }
        with self._tracer.start_as_current_span(
            f"{names.SEND} {destination}", Context(), SpanKind.PRODUCER, attributes
        ) as span:
            message.application_properties = {"traceparent": traceparent_of_span(span)}
            await self._sender.send_messages(message)
