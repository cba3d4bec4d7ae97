"""Spans and metrics of one test, as an exporter gets them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.approvals import service as approvals
from shared.brake import service as brake
from shared.bus import request_queue
from shared.graph import traced_transport
from shared.notify import service as notifications
from shared.outbox import dispatch
from shared.telemetry import changes, deliveries, instruments, spans
from shared.vault import counting

TELLING = (approvals, brake, changes, counting, deliveries, dispatch, notifications, request_queue, traced_transport)


@dataclass
class Told:
    """What was told."""

    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)

    @property
    def spans(self) -> dict[str, ReadableSpan]:
        """Gives the spans that have ended, by name."""
        return {span.name: span for span in self.exporter.get_finished_spans()}

    def points(self, name: str) -> dict[tuple[tuple[str, Any], ...], Any]:
        """Gives a metric's points by their attributes."""
        data = self.reader.get_metrics_data()
        scopes = [scope for resource in (data.resource_metrics if data else ()) for scope in resource.scope_metrics]
        found = [metric for scope in scopes for metric in scope.metrics if metric.name == name]
        return {tuple(sorted((p.attributes or {}).items())): p for metric in found for p in metric.data.data_points}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    told = Told()
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(told.exporter))
    metering = MeterProvider([told.reader])
    made = instruments.Instruments.of(metering.get_meter("tests"))
    monkeypatch.setattr(spans, "_TRACER", tracing.get_tracer("tests"))
    for module in TELLING:
        monkeypatch.setattr(module, "instruments", lambda: made)
    yield told
    tracing.shutdown()
    metering.shutdown()
