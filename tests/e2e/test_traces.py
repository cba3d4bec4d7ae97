"""One change, from its producer to the user's mail, is one trace: in files, and at a collector by OTLP."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.asgi import serving
from local.telemetry.destination import Destination
from local.telemetry.file_names import LOGS, METRICS, SPANS
from local.telemetry.spans import Kind, Span, read_spans
from local.telemetry.traces import Trace, traces_of
from shared.steps import STEPS, Step
from shared.telemetry import names
from tests.e2e.told_company import NUMBERS, PRODUCER, TRACES, WAIT_SECONDS, change, throttle, told_company
from tests.scenario.watched import leaks

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

# The host receives and completes: what these two steps wait for is no work of the product.
NOT_SPANNED = {Step.RECEIVE, Step.COMPLETE}


@dataclass
class Collector:
    """What an OTLP collector got."""

    spans: list[ExportTraceServiceRequest] = field(default_factory=list)
    metrics: list[ExportMetricsServiceRequest] = field(default_factory=list)
    logs: list[ExportLogsServiceRequest] = field(default_factory=list)

    @property
    def application(self) -> Starlette:
        async def take(request: Request) -> Response:
            signal = request.path_params["signal"]
            kinds: dict[str, tuple[list[Any], Any]] = {
                "traces": (self.spans, ExportTraceServiceRequest),
                "metrics": (self.metrics, ExportMetricsServiceRequest),
                "logs": (self.logs, ExportLogsServiceRequest),
            }
            told, kind = kinds[signal]
            told.append(kind.FromString(await request.body()))
            return Response(media_type="application/x-protobuf")

        return Starlette(routes=[Route("/v1/{signal}", take, methods=["POST"])])


@dataclass
class Ran:
    """What two changes left, one of which was throttled and tried again."""

    telemetry: Path
    collector: Collector

    @property
    def traces(self) -> dict[str, Trace]:
        return {trace.request_id: trace for trace in traces_of(read_spans(self.telemetry / SPANS))}

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.telemetry / name).read_text(encoding="utf-8").splitlines()]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ran(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ran]:
    folder, collector = tmp_path_factory.mktemp("traces"), Collector()
    async with serving("collector", collector.application) as port:
        telemetry = Destination(folder / "telemetry", f"http://127.0.0.1:{port}")
        async with told_company(folder, telemetry=telemetry) as company:
            await change(company, "T-1")
            await throttle(company, "T-2")
            await change(company, "T-2")
    # The stack has stopped, so all is written.
    yield Ran(folder / "telemetry", collector)


def ancestors(trace: Trace, span: Span) -> list[str]:
    """Gives the names of a span and of all above it, from the trace's beginning on."""
    known = {found.span_id: found for found in trace.spans}
    line = [span]
    while line[-1].parent_id in known:
        line.append(known[line[-1].parent_id])
    return [found.name for found in reversed(line)]


async def test_one_trace_goes_from_the_producer_to_the_users_mail(ran: Ran) -> None:
    trace = ran.traces["T-1"]
    assert trace.trace_id == TRACES["T-1"]
    assert [span.parent_id for depth, span in trace.rows() if depth == 0] == [PRODUCER]
    mails = [span for span in trace.spans if span.name == "POST /users/{id}/sendMail"]
    assert [ancestors(trace, mail) for mail in mails] == [
        [
            "process phone-changes",
            "mfaphone.dispatch",
            "send phone-events",
            "process phone-events",
            "POST /users/{id}/sendMail",
        ]
    ] * 2


async def test_every_step_of_the_product_is_a_span_under_its_delivery(ran: Ran) -> None:
    trace = ran.traces["T-1"]
    delivery = next(span for span in trace.spans if span.name == "process phone-changes")
    steps = [span.name for span in trace.spans if span.parent_id == delivery.span_id]
    assert steps == [f"mfaphone.{step}" for step in STEPS if step not in NOT_SPANNED]


async def test_the_delivery_tells_what_became_of_the_request(ran: Ran) -> None:
    delivery = next(span for span in ran.traces["T-1"].spans if span.name == "process phone-changes")
    assert delivery.kind is Kind.CONSUMER
    told = {
        names.MESSAGING_SYSTEM: "servicebus",
        names.MESSAGING_DESTINATION: "phone-changes",
        names.MESSAGING_MESSAGE_ID: "T-1",
        names.FAAS_NAME: "process_change",
        names.REQUEST_ID: "T-1",
        names.OPERATION: "set",
        names.PHONE_TYPE: "mobile",
        names.REQUESTED_BY: "workday",
        names.OUTCOME: "changed",
        names.CODE: "replaced",
        names.ATTEMPT: 1,
    }
    assert told.items() <= delivery.attributes.items()


async def test_every_call_of_graph_is_a_span_named_by_its_template(ran: Ran) -> None:
    calls = [span for span in ran.traces["T-1"].spans if span.kind is Kind.CLIENT]
    assert {call.name for call in calls} >= {
        "GET /users/{id}/authentication/phoneMethods",
        "PATCH /users/{id}/authentication/phoneMethods/{id}",
        "POST /users/{id}/sendMail",
    }
    for call in calls:
        assert call.name == f"{call.attributes[names.HTTP_METHOD]} {call.attributes[names.URL_TEMPLATE]}"
        assert call.attributes[names.HTTP_STATUS] in {200, 202, 204}
        assert call.told(names.GRAPH_REQUEST_ID)
        assert "contoso.example" not in json.dumps(dict(call.attributes))


async def test_a_change_that_was_put_off_is_one_trace_with_two_deliveries(ran: Ran) -> None:
    trace = ran.traces["T-2"]
    assert trace.trace_id == TRACES["T-2"]
    first, second = (span for span in trace.spans if span.name == "process phone-changes")
    assert (first.told(names.REASON), first.told(names.OUTCOME)) == ("directory_throttled", "")
    assert float(first.told(names.PUT_OFF_SECONDS)) > 30
    assert second.told(names.OUTCOME) == "changed"
    assert ancestors(trace, second) == ["process phone-changes", "send phone-changes", "process phone-changes"]
    (refused,) = (span for span in trace.spans if span.attributes.get(names.HTTP_STATUS) == 429)
    assert refused.failed
    assert refused.attributes[names.GRAPH_RETRY_AFTER] == WAIT_SECONDS


async def test_every_log_line_of_a_delivery_carries_its_request(ran: Ran) -> None:
    records = [
        record
        for request in ran.lines(LOGS)
        for resource in request["resourceLogs"]
        for scope in resource["scopeLogs"]
        for record in scope["logRecords"]
        if "T-1" in record["body"]["stringValue"] and scope["scope"]["name"].startswith("shared.")
    ]
    told = [
        ({entry["key"]: entry["value"]["stringValue"] for entry in record["attributes"]}, record["traceId"])
        for record in records
    ]
    assert {(attributes[names.FUNCTION], trace) for attributes, trace in told} == {
        ("process_change", TRACES["T-1"]),
        ("notify_user", TRACES["T-1"]),
    }
    assert {attributes[names.REQUEST_ID] for attributes, _ in told} == {"T-1"}


async def test_the_figures_are_there(ran: Ran) -> None:
    assert counted(ran, names.REQUEST_OUTCOMES) == 2
    assert counted(ran, names.REQUESTS_PUT_OFF) == 1
    assert counted(ran, names.GRAPH_THROTTLED) == 1
    assert counted(ran, names.MAILS) == 4
    assert counted(ran, names.WRITE_CONFIRMATIONS) == 2
    assert {names.REQUEST_DURATION, names.PROCESS_DURATION, names.HTTP_CLIENT_DURATION} <= set(metrics_of(ran))


def metrics_of(ran: Ran) -> dict[str, list[dict[str, Any]]]:
    """Gives every metric's points; each line of the file tells what came since the line before."""
    points: dict[str, list[dict[str, Any]]] = {}
    for request in ran.lines(METRICS):
        for resource in request["resourceMetrics"]:
            for scope in resource["scopeMetrics"]:
                for metric in scope["metrics"]:
                    data = metric.get("sum") or metric.get("histogram") or metric["gauge"]
                    points.setdefault(metric["name"], []).extend(data["dataPoints"])
    return points


def counted(ran: Ran, name: str) -> int:
    """Adds up a counter."""
    return sum(int(point["asInt"]) for point in metrics_of(ran)[name])


async def test_no_number_is_anywhere_in_the_files(ran: Ran) -> None:
    sinks = {path.name: [path.read_text(encoding="utf-8")] for path in ran.telemetry.iterdir()}
    assert set(sinks) == {SPANS, METRICS, LOGS}
    assert leaks(sinks, NUMBERS) == []


async def test_a_collector_gets_the_same_spans_the_metrics_and_the_logs(ran: Ran) -> None:
    told = [
        (span.trace_id.hex(), span.span_id.hex(), span.name)
        for request in ran.collector.spans
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    assert sorted(told) == sorted((s.trace_id, s.span_id, s.name) for s in read_spans(ran.telemetry / SPANS))
    names_told = {
        metric.name
        for request in ran.collector.metrics
        for resource in request.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert names_told == set(metrics_of(ran))
    services = {
        attribute.value.string_value
        for request in ran.collector.logs
        for resource in request.resource_logs
        for attribute in resource.resource.attributes
        if attribute.key == "service.name"
    }
    assert services == {"mfa-phone-change"}


async def test_the_telemetry_of_a_host_that_cannot_write_it_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    command = ["-m", "local.host", "--telemetry", str(tmp_path / "file" / "telemetry")]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 2
    assert said.decode().strip() == f"Telemetry cannot be written into {command[-1]}: Not a directory."
