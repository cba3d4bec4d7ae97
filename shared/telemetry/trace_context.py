"""Where a trace goes on: from a message's traceparent to a span, and from a span to the next message.

https://www.w3.org/TR/trace-context/#traceparent-header
"""

from collections.abc import Sequence
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanContext, get_current_span, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_FIELD = "traceparent"
_W3C = TraceContextTextMapPropagator()


@dataclass(frozen=True, slots=True)
class Parentage:
    """The parent of a span, and the spans that are its cause without being its parent."""

    parent: Context
    links: Sequence[Link] = ()


def context_of(traceparent: str) -> Context:
    """Gives the context that a traceparent names; an empty one begins a trace."""
    return _W3C.extract({_FIELD: traceparent}, Context())


def traceparent_of_span(span: Span, otherwise: str = "") -> str:
    """Gives a span's traceparent; where nobody records spans, the other one."""
    carrier: dict[str, str] = {}
    if span.get_span_context().is_valid:
        _W3C.inject(carrier, set_span_in_context(span, Context()))
    return carrier.get(_FIELD, otherwise)


def continued(message: str, host: str) -> Parentage:
    """Goes on with a message's trace. The host's own span is nearer where it belongs to that trace, else a cause."""
    sent, own = _span_context(message), _span_context(host)
    if not sent.is_valid:
        return Parentage(context_of(host))
    if own.is_valid and own.trace_id == sent.trace_id:
        return Parentage(context_of(host))
    return Parentage(context_of(message), _links(own))


def _span_context(traceparent: str) -> SpanContext:
    return get_current_span(context_of(traceparent)).get_span_context()


def _links(cause: SpanContext) -> Sequence[Link]:
    return (Link(cause),) if cause.is_valid else ()
