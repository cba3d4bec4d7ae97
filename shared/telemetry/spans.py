"""Spans that name what failed and never repeat what an exception says: its text may hold a number."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, get_tracer
from opentelemetry.util.types import AttributeValue

from shared.telemetry.names import ERROR_TYPE, SCOPE

type Attributes = Mapping[str, AttributeValue]

_TRACER = get_tracer(SCOPE)


@contextmanager
def quiet_span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Attributes | None = None,
    *,
    parent: Context | None = None,
    links: Sequence[Link] = (),
) -> Iterator[Span]:
    """Runs a block in a span; what it raises becomes `error.type`, the name of the class, and goes on."""
    with _TRACER.start_as_current_span(
        name, parent, kind, dict(attributes or {}), links, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except asyncio.CancelledError as cut:
            # Given up because another call failed, or a time was over: that one says so.
            span.set_attribute(ERROR_TYPE, type(cut).__name__)
            raise
        except BaseException as fault:
            mark_failed(span, type(fault).__name__)
            raise


def mark_failed(span: Span, error_type: str) -> None:
    """Marks a span as failed, with the low-cardinality word of the conventions in place of a text."""
    span.set_attribute(ERROR_TYPE, error_type)
    span.set_status(Status(StatusCode.ERROR))
