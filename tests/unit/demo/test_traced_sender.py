"""The demo's systems begin the traces that the product goes on with."""

from typing import TYPE_CHECKING, Any, cast

from azure.servicebus import ServiceBusMessage
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from local.demo.traced_sender import TracedSender

if TYPE_CHECKING:
    from azure.servicebus.aio import ServiceBusSender


class Queue:
    """Keeps what is sent."""

    entity_name = "phone-changes"

    def __init__(self) -> None:
        self.messages: list[ServiceBusMessage] = []

    async def send_messages(self, message: ServiceBusMessage) -> None:
        self.messages.append(message)


async def test_every_message_begins_a_trace_and_carries_it() -> None:
    exporter, provider, queue = InMemorySpanExporter(), TracerProvider(), Queue()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    sender = TracedSender(cast("ServiceBusSender", queue), tracer)
    with tracer.start_as_current_span("whatever the demo does"):
        for message_id in ("R-1", "R-2"):
            await sender.send(ServiceBusMessage(b"", message_id=message_id))
    sent = exporter.get_finished_spans()[:2]
    assert [(span.name, span.kind, span.parent) for span in sent] == [
        ("send phone-changes", SpanKind.PRODUCER, None)
    ] * 2
    assert [(span.attributes or {})["messaging.message.id"] for span in sent] == ["R-1", "R-2"]
    carried: list[Any] = [(message.application_properties or {})["traceparent"] for message in queue.messages]
    spans = [found.get_span_context() for found in sent]
    told = [f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}" for span in spans if span]
    assert carried == told
    assert len({span.trace_id for span in spans if span}) == 2
