"""The producer's trace, as far as it is one: https://www.w3.org/TR/trace-context/#traceparent-header."""

import re
from collections.abc import Mapping

from shared.messages.received import TRACEPARENT

_W3C = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
# Newest first: the SDKs of Service Bus wrote Diagnostic-Id before there was a standard.
_NAMES = (TRACEPARENT, "Diagnostic-Id")


def traceparent_of(properties: Mapping[str, object], own: object = None) -> str:
    """Gives the producer's traceparent, else the invocation's own; anything that is none is dropped."""
    candidates = (*(properties.get(name) for name in _NAMES), own)
    return next((value for value in candidates if isinstance(value, str) and _W3C.fullmatch(value)), "")
