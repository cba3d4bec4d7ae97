"""Spans reach files and a collector by the end of the block, and what does not take them breaks nothing."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from local.serving import CannotStartError
from local.telemetry.destination import Destination, received
from local.telemetry.file_names import LOGS, METRICS, SPANS
from local.telemetry.receivers import tracing
from local.telemetry.spans import read_spans

ROOT = Path(__file__).parent.parent.parent.parent
# A process of its own: OpenTelemetry takes one set of providers a process.
PROGRAM = """
import logging, sys
from pathlib import Path
from opentelemetry.metrics import get_meter
from opentelemetry.trace import get_tracer
from local.telemetry.destination import Destination, received
with received(Destination(Path(sys.argv[1]))):
    with get_tracer("test").start_as_current_span("work"):
        get_meter("test").create_counter("mfaphone.tests").add(3)
        logging.getLogger("shared.test").warning("a line", extra={"mfaphone.request.id": "R-1"})
    logging.getLogger("local.telemetry.line_file").warning("of the receiver itself")
"""


@contextmanager
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """Listens as an OTLP/HTTP collector on a free port; gives its URL and what it gets."""
    got: list[ExportTraceServiceRequest] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", got
        server.shutdown()
        thread.join()


def work(destination: Destination) -> None:
    with tracing(destination, "a service") as provider, provider.get_tracer("test").start_as_current_span("work"):
        pass


def test_a_span_is_in_the_file_when_the_block_has_ended(tmp_path: Path) -> None:
    work(Destination(tmp_path / "new" / "folder"))
    (span,) = read_spans(tmp_path / "new" / "folder" / SPANS)
    assert (span.name, span.service) == ("work", "a service")


def test_a_second_run_adds_to_the_file(tmp_path: Path) -> None:
    for _ in range(2):
        work(Destination(tmp_path))
    assert len(read_spans(tmp_path / SPANS)) == 2


def test_a_collector_gets_it_as_well(tmp_path: Path) -> None:
    with collector() as (url, got):
        work(Destination(tmp_path, url))
    (told,) = read_spans(tmp_path / SPANS)
    (span,) = got[0].resource_spans[0].scope_spans[0].spans
    assert (span.name, span.trace_id.hex(), span.span_id.hex()) == ("work", told.trace_id, told.span_id)


def test_a_collector_that_is_not_there_keeps_nothing_from_the_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with collector() as (gone, _):
        pass
    with caplog.at_level(logging.CRITICAL):
        work(Destination(tmp_path, gone))
    assert len(read_spans(tmp_path / SPANS)) == 1


def test_a_folder_that_cannot_be_one_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStartError, match=r"Telemetry cannot be written into .*/file/x: Not a directory\."):
        work(Destination(tmp_path / "file" / "x"))


def test_a_process_leaves_spans_metrics_and_logs_but_not_what_its_receivers_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)  # noqa: S603 - our own code
    assert [span.name for span in read_spans(tmp_path / SPANS)] == ["work"]
    assert '"mfaphone.tests"' in (tmp_path / METRICS).read_text()
    logs = (tmp_path / LOGS).read_text()
    assert '"a line"' in logs
    assert '{"key":"mfaphone.request.id","value":{"stringValue":"R-1"}}' in logs
    assert "receiver itself" not in logs


def test_nowhere_is_a_destination_too(tmp_path: Path) -> None:
    before = logging.getLogger().handlers[:]
    with received(Destination()):
        assert logging.getLogger().handlers == before
    assert list(tmp_path.iterdir()) == []


def test_a_destination_is_said_as_the_host_takes_it() -> None:
    assert Destination(Path("t"), "http://c").arguments == ["--telemetry", "t", "--otlp", "http://c"]
    assert Destination().arguments == []
