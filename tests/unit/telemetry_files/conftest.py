"""A recorded run in OTLP as JSON: a request that was put off and then changed, a timer, and a line that was cut off."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.telemetry.file_names import SPANS

SECOND = 1_000_000_000
START = 1_764_150_000 * SECOND
TRACE = "0af7651916cd43dd8448eb211c80319c"


def span(span_id: str, name: str, **fields: Any) -> dict[str, Any]:
    """Gives a span as the exporter writes it; times are seconds from the start of the run."""
    attributes = fields.get("attributes", {})
    start, end = fields.get("at", (0.0, 1.0))
    kind: dict[type, str] = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}
    return {
        "traceId": fields.get("trace", TRACE),
        "spanId": span_id,
        "parentSpanId": fields.get("parent", ""),
        "name": name,
        "kind": fields.get("kind", 1),
        "startTimeUnixNano": str(START + int(start * SECOND)),
        "endTimeUnixNano": str(START + int(end * SECOND)),
        "attributes": [{"key": key, "value": {kind[type(value)]: value}} for key, value in attributes.items()],
        "status": {"code": 2} if fields.get("failed") else {},
    }


def line(service: str, *spans: dict[str, Any]) -> str:
    """Gives one line of the file."""
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(spans)}]}]}) + "\n"


def request(code: str = "") -> dict[str, Any]:
    """Gives what a delivery of the request R-1 carries."""
    end = {"mfaphone.outcome": "changed", "mfaphone.code": code} if code else {}
    return {"mfaphone.request.id": "R-1", **end}


RUN = (
    line("feed", span("a1", "send phone-changes", kind=4, at=(0, 0.1)))
    + line(
        "mfa-phone-change",
        span(
            "b1",
            "GET /users/{id}",
            kind=3,
            parent="b0",
            at=(0.3, 0.5),
            failed=True,
            attributes={"http.response.status_code": 429},
        ),
        span("b2", "send phone-changes", kind=4, parent="b0", at=(0.6, 0.9)),
        span(
            "b0",
            "process phone-changes",
            kind=5,
            parent="a1",
            at=(0.2, 1.0),
            attributes={**request(), "mfaphone.put_off_s": 60.0, "mfaphone.reason": "directory_throttled"},
        ),
        span("f0", "run dispatch_outbox", trace="f" * 32, at=(5, 6)),
    )
    + line(
        "mfa-phone-change",
        span("c1", "mfaphone.write", parent="c0", at=(61.1, 61.4), failed=True, attributes={"error.type": "ReadError"}),
        span("c0", "process phone-changes", kind=5, parent="b2", at=(61, 62), attributes=request("replaced")),
    )
    + line("mfa-phone-change", span("d0", "never read"))[:90]
    + "\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / SPANS).write_text(RUN, encoding="utf-8")
    return tmp_path
