"""Reads spans from a file of OTLP as JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from local.serving import CannotStartError

type Value = str | int | float | bool


class Kind(IntEnum):
    """Kinds of spans, as OTLP numbers them."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5


@dataclass(frozen=True, slots=True)
class Span:
    """A span that has ended; times are Unix nanoseconds, `parent_id` is empty where a trace begins."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: Kind
    start: int
    end: int
    failed: bool
    service: str
    attributes: Mapping[str, Value]

    def told(self, name: str) -> str:
        """Gives an attribute as text, an empty one where the span has none of the name."""
        return str(self.attributes.get(name, ""))


def read_spans(path: Path) -> list[Span]:
    """Reads a file's spans in the order of their start.

    A line that a full disk cut off is left out. Raises CannotStartError where there is no such file, or no span in it.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as fault:
        message = f"There are no spans: {path} cannot be read: {fault.strerror or fault}."
        raise CannotStartError(message) from fault
    found = [span for line in lines for request in _whole(line) for span in _spans(request)]
    if not found:
        message = f"There are no spans in {path}: {len(lines)} lines, none of them OTLP as JSON."
        raise CannotStartError(message)
    return sorted(found, key=lambda span: (span.start, -span.end, span.span_id))


def _whole(line: str) -> list[dict[str, Any]]:
    try:
        request = json.loads(line)
    except ValueError:
        return []
    return [request] if isinstance(request, dict) else []


def _spans(request: Mapping[str, Any]) -> Iterator[Span]:
    for resource in request.get("resourceSpans", ()):
        service = str(_attributes(resource.get("resource", {})).get("service.name", ""))
        for scope in resource.get("scopeSpans", ()):
            for span in scope.get("spans", ()):
                yield _span(span, service)


def _span(span: Mapping[str, Any], service: str) -> Span:
    return Span(
        trace_id=span["traceId"],
        span_id=span["spanId"],
        parent_id=span.get("parentSpanId", ""),
        name=span["name"],
        kind=Kind(span.get("kind", Kind.INTERNAL)),
        start=int(span["startTimeUnixNano"]),
        end=int(span["endTimeUnixNano"]),
        failed=span.get("status", {}).get("code") == _ERROR,
        service=service,
        attributes=_attributes(span),
    )


def _attributes(bearer: Mapping[str, Any]) -> dict[str, Value]:
    return {entry["key"]: _value(entry["value"]) for entry in bearer.get("attributes", ())}


def _value(value: Mapping[str, Any]) -> Value:
    if "intValue" in value:
        return int(value["intValue"])
    found: Value = next(iter(value.values()), "")
    return found


_ERROR = 2
