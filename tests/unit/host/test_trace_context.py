import pytest

from local.host.trace_context import fresh, of_message

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
OTHER = "00-11111111111111111111111111111111-2222222222222222-00"


def test_the_trace_of_the_message_goes_on() -> None:
    trace = of_message({"traceparent": PARENT, "tracestate": "vendor=1", "Diagnostic-Id": OTHER})
    assert (trace.parent, trace.state) == (PARENT, "vendor=1")


def test_diagnostic_id_is_what_older_senders_write() -> None:
    assert of_message({"Diagnostic-Id": OTHER}).parent == OTHER


@pytest.mark.parametrize("parent", ["", "nonsense", 7, PARENT + "-x", f"00-{'0' * 32}-b7ad6b7169203331-01"])
def test_what_is_no_trace_parent_begins_a_fresh_trace(parent: object) -> None:
    assert of_message({"traceparent": parent}).parent != parent


def test_every_fresh_trace_is_another_one() -> None:
    assert fresh().parent != fresh().parent
    assert of_message({"traceparent": fresh().parent, "Diagnostic-Id": OTHER}).parent != OTHER
