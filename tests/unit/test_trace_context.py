"""The producer's trace is carried on where it is one."""

from hypothesis import given
from hypothesis import strategies as st

from shared.messages.trace_context import traceparent_of

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OWN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


def test_the_producers_trace_goes_before_the_invocations() -> None:
    assert traceparent_of({"traceparent": TRACE}, OWN) == TRACE
    assert traceparent_of({"Diagnostic-Id": TRACE}, OWN) == TRACE
    assert traceparent_of({}, OWN) == OWN


def test_what_is_no_trace_is_dropped() -> None:
    """Forty kilobytes of it would make every copy too large."""
    assert traceparent_of({"traceparent": "x" * 40_000, "Diagnostic-Id": 7}, None) == ""


@given(st.dictionaries(st.sampled_from(["traceparent", "Diagnostic-Id"]), st.one_of(st.text(), st.binary())))
def test_whatever_a_producer_sends_the_trace_is_short(properties: dict[str, object]) -> None:
    assert len(traceparent_of(properties)) <= len(TRACE)
