"""What a run's files tell: spans, their order, and what became of a request."""

from pathlib import Path

import pytest

from local.serving import CannotStartError
from local.telemetry.file_names import SPANS
from local.telemetry.spans import Kind, read_spans
from local.telemetry.traces import trace_of, traces_of
from tests.unit.telemetry_files.conftest import SECOND, START, TRACE, line, request, span


def test_spans_come_in_the_order_of_their_start_with_all_that_they_tell(folder: Path) -> None:
    spans = read_spans(folder / SPANS)
    assert [found.span_id for found in spans] == ["a1", "b0", "b1", "b2", "f0", "c0", "c1"]
    call = spans[2]
    assert (call.trace_id, call.parent_id, call.kind, call.failed) == (TRACE, "b0", Kind.CLIENT, True)
    assert (call.start, call.end) == (START + int(0.3 * SECOND), START + int(0.5 * SECOND))
    assert call.attributes == {"http.response.status_code": 429}
    assert [found.service for found in spans[:2]] == ["feed", "mfa-phone-change"]


def test_a_number_that_is_written_as_text_is_a_number(tmp_path: Path) -> None:
    """OTLP writes 64-bit integers either way."""
    text = line("x", span("a", "n", attributes={"k": 5})).replace('"intValue": 5', '"intValue": "5"')
    (tmp_path / SPANS).write_text(text)
    assert read_spans(tmp_path / SPANS)[0].attributes == {"k": 5}


def test_a_folder_without_spans_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match=r"There are no spans: .* cannot be read: No such file"):
        read_spans(tmp_path / SPANS)


def test_a_trace_is_of_one_request_and_tells_its_last_outcome(folder: Path) -> None:
    (trace,) = traces_of(read_spans(folder / SPANS))
    assert (trace.request_id, trace.outcome, trace.calls, trace.seconds) == ("R-1", "changed (replaced)", 1, 62.0)


def test_a_request_that_was_held_before_it_ended_has_the_end_for_its_outcome(tmp_path: Path) -> None:
    held = request() | {"mfaphone.outcome": "held", "mfaphone.code": "cool_down"}
    deliveries = [
        span("a", "process phone-changes", at=(0, 1), attributes=held),
        span("b", "process phone-changes", at=(5, 6), attributes=request("replaced")),
    ]
    (tmp_path / SPANS).write_text(line("x", *deliveries))
    (trace,) = traces_of(read_spans(tmp_path / SPANS))
    assert trace.outcome == "changed (replaced)"


def test_every_span_stands_after_its_parent(folder: Path) -> None:
    (trace,) = traces_of(read_spans(folder / SPANS))
    assert [(depth, found.span_id) for depth, found in trace.rows()] == [
        (0, "a1"),
        (1, "b0"),
        (2, "b1"),
        (2, "b2"),
        (3, "c0"),
        (4, "c1"),
    ]


def test_a_span_whose_parent_is_told_elsewhere_stands_at_the_left(tmp_path: Path) -> None:
    (tmp_path / SPANS).write_text(line("x", span("a", "n", parent="of a producer", attributes=request())))
    (trace,) = traces_of(read_spans(tmp_path / SPANS))
    assert [depth for depth, _ in trace.rows()] == [0]
    assert trace.outcome == ""


def test_of_a_request_that_was_sent_twice_the_fuller_trace_is_found(tmp_path: Path) -> None:
    repeat = span("r", "process phone-changes", trace="e" * 32, attributes=request())
    first = span("a", "process phone-changes", attributes=request("replaced"))
    (tmp_path / SPANS).write_text(line("x", repeat, first, span("b", "mfaphone.plan", parent="a")))
    traces = traces_of(read_spans(tmp_path / SPANS))
    found = trace_of(traces, "R-1")
    assert found
    assert found.trace_id == TRACE
    assert trace_of(traces, "R-2") is None
