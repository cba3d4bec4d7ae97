"""What goes into the twin and what comes out, apart from how it travels."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class GraphRequest:
    """A request, from the wire or from an item of a $batch.

    Path segments are decoded, header names are lower case. `root` is the address that links in the answer begin with.
    """

    method: str
    segments: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    root: str = "https://graph.microsoft.com/v1.0"


@dataclass(frozen=True)
class Answer:
    """An answer; without a body where `body` is None."""

    status: int
    body: JsonObject | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, headers: Mapping[str, str]) -> "Answer":
        """Adds headers; the answer's own ones win."""
        return replace(self, headers={**headers, **self.headers})

    def encoded(self) -> bytes:
        """Returns the body as it travels."""
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode(errors="replace")
