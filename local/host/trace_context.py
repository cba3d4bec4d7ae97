"""The W3C trace context that an invocation carries: the message's, or a fresh one."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

_TRACE_PARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True)
class TraceContext:
    """`traceparent` and `tracestate` as https://www.w3.org/TR/trace-context/ has them."""

    parent: str
    state: str = ""


def fresh() -> TraceContext:
    """Begins a sampled trace of its own."""
    return TraceContext(f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01")


def of_message(properties: Mapping[str, object]) -> TraceContext:
    """Continues the trace of a message, as the .NET SDK finds it: `traceparent` first, then `Diagnostic-Id`.

    The host in Azure puts a span of its own between the message and the function. There is none here, so the function
    gets the sender's span.
    """
    for name in ("traceparent", "Diagnostic-Id"):
        parent = properties.get(name)
        if isinstance(parent, str) and _TRACE_PARENT.fullmatch(parent):
            state = properties.get("tracestate", "") if name == "traceparent" else ""
            return TraceContext(parent, str(state))
    return fresh()
