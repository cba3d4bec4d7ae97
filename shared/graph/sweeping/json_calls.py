"""Calls whose answers are read as JSON, without the SDK's models.

A model costs milliseconds for each object: every one of them imports the names of all of its kind. A page of 999 users
would hold the worker's loop, and with it the changes that people wait for, for seconds. The requests are the SDK's, and
so are token, allow-list of hosts, time-outs and the look at the answer.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from kiota_abstractions.request_information import RequestInformation
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.graph_service_client import GraphServiceClient

from shared.graph.calls import GraphCalls
from shared.graph.faults import AnswerLostError
from shared.graph.users import in_utc
from shared.json_text import writable

_ESCAPED_HALF = b"\\ud"

type Row = Mapping[str, object]
"""A JSON object: its values are anything, until somebody has looked."""


class GraphJson:
    """Graph, one JSON object for each call."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._adapter = client.request_adapter
        self._calls = calls

    async def __call__(self, request: RequestInformation) -> Row:
        """Sends a request. Raises TransientError, DirectoryRefusedError."""
        body = await self._calls(lambda: self._adapter.send_primitive_async(request, "bytes", {"XXX": ODataError}))
        # Whatever has a body is a JSON object: the client has looked already.
        document = document_of(body) if isinstance(body, bytes) and body else None
        if not isinstance(document, dict):
            message = "Microsoft Graph's answer is empty."
            raise AnswerLostError(message)
        return document


def document_of(body: bytes) -> object:
    """Reads a body; half a character in somebody's name, which no file could hold, becomes a question mark."""
    document = json.loads(body)
    if _ESCAPED_HALF in body.lower():
        document = json.loads(writable(json.dumps(document, ensure_ascii=False)))
    return document


def text_of(row: Row, name: str) -> str:
    """Gives a text; "" where there is none."""
    value = row.get(name)
    return value if isinstance(value, str) else ""


def moment_of(row: Row, name: str) -> datetime | None:
    """Gives a moment in UTC; None where there is none that can be read."""
    try:
        return in_utc(datetime.fromisoformat(text_of(row, name)))
    except ValueError:
        return None
