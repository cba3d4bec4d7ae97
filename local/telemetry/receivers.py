"""Receives spans, metrics and logs of this process, as Application Insights does in Azure: in files, and elsewhere.

The files hold OTLP as JSON, a request a line: https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from opentelemetry import trace
from opentelemetry.exporter.otlp.json.file import FileMetricExporter, FileSpanExporter
from opentelemetry.exporter.otlp.json.file._log_exporter import FileLogExporter
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.metrics import set_meter_provider
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from local.serving import CannotStartError
from local.telemetry.destination import Destination
from local.telemetry.file_names import LOGS, METRICS, SPANS
from local.telemetry.line_file import line_file

PRODUCT: Final = "mfa-phone-change"
_EVERY_MS: Final = 1_000
# A collector that does not answer must not keep a program from its end.
_COLLECTOR_SECONDS: Final = 2.0
# As Application Insights counts: a line tells what came since the line before, and nothing where nothing came.
_SINCE_THE_LAST: Final[dict[type, AggregationTemporality]] = {
    Counter: AggregationTemporality.DELTA,
    Histogram: AggregationTemporality.DELTA,
}

_log = logging.getLogger(__name__)


@contextmanager
def receiving(destination: Destination) -> Iterator[None]:
    """Receives for the whole process until the block ends; once per process.

    Raises CannotStartError where the folder cannot be written into.
    """
    service = os.environ.get("OTEL_SERVICE_NAME", PRODUCT)
    with tracing(destination, service) as spans, _metering(destination, service), _logging(destination, service):
        trace.set_tracer_provider(spans)
        yield


@contextmanager
def tracing(destination: Destination, service: str) -> Iterator[TracerProvider]:
    """Receives spans of a provider of its own, every one. Raises CannotStartError as `receiving`."""
    provider = TracerProvider(ALWAYS_ON, _resource(service))
    if destination.folder:
        _add(provider, FileSpanExporter(stream=_file(destination.folder, SPANS)))
    if destination.collector:
        _add(provider, OTLPSpanExporter(_endpoint(destination, "traces"), timeout=_COLLECTOR_SECONDS))
    with _ended(provider):
        yield provider


@contextmanager
def _metering(destination: Destination, service: str) -> Iterator[None]:
    readers = []
    if destination.folder:
        file = _file(destination.folder, METRICS)
        readers.append(_read_often(FileMetricExporter(stream=file, preferred_temporality=_SINCE_THE_LAST)))
    if destination.collector:
        collector = OTLPMetricExporter(_endpoint(destination, "metrics"), timeout=_COLLECTOR_SECONDS)
        readers.append(_read_often(collector))
    provider = MeterProvider(readers, _resource(service))
    set_meter_provider(provider)
    with _ended(provider):
        yield


@contextmanager
def _logging(destination: Destination, service: str) -> Iterator[None]:
    provider = LoggerProvider(_resource(service))
    if destination.folder:
        _add_logs(provider, FileLogExporter(stream=_file(destination.folder, LOGS)))
    if destination.collector:
        _add_logs(provider, OTLPLogExporter(_endpoint(destination, "logs"), timeout=_COLLECTOR_SECONDS))
    handler = LoggingHandler(logger_provider=provider)
    # What an exporter says of a failure would be exported with the next failure.
    handler.addFilter(lambda record: not record.name.startswith(("opentelemetry.", "local.telemetry.")))
    logging.getLogger().addHandler(handler)
    try:
        with _ended(provider):
            yield
    finally:
        logging.getLogger().removeHandler(handler)


@contextmanager
def _ended(provider: TracerProvider | MeterProvider | LoggerProvider) -> Iterator[None]:
    """Hands over what is left at the end; what fails then is told and changes nothing."""
    try:
        yield
    finally:
        try:
            provider.shutdown()
        except Exception as fault:  # noqa: BLE001 - telemetry breaks nothing
            _log.warning("Telemetry did not end in order: %s", type(fault).__name__)


def _resource(service: str) -> Resource:
    return Resource.create({SERVICE_NAME: service})


def _endpoint(destination: Destination, signal: str) -> str:
    return f"{destination.collector.rstrip('/')}/v1/{signal}"


def _file(folder: Path, name: str) -> TextIO:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return line_file(folder / name)
    except OSError as fault:
        message = f"Telemetry cannot be written into {folder}: {fault.strerror or fault}."
        raise CannotStartError(message) from fault


def _add(provider: TracerProvider, exporter: FileSpanExporter | OTLPSpanExporter) -> None:
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=_EVERY_MS))


def _add_logs(provider: LoggerProvider, exporter: FileLogExporter | OTLPLogExporter) -> None:
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter, schedule_delay_millis=_EVERY_MS))


def _read_often(exporter: FileMetricExporter | OTLPMetricExporter) -> PeriodicExportingMetricReader:
    return PeriodicExportingMetricReader(exporter, export_interval_millis=_EVERY_MS)
