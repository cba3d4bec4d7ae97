"""Puts requests into one call, as JSON by hand: https://learn.microsoft.com/graph/json-batching.

The SDK's own builder replaces the ids and writes `depends_on` where Graph reads `dependsOn`.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_http.middleware.options import HeadersInspectionHandlerOption
from msgraph.graph_service_client import GraphServiceClient

from shared.graph.calls import GraphCalls
from shared.graph.client import LOW_PRIORITY
from shared.graph.faults import AnswerLostError
from shared.graph.sweeping.json_calls import GraphJson, Row

# Microsoft's limit.
BATCH_SIZE = 20
_JSON = "application/json"
_LOAD = "x-ms-throttle-limit-percentage"


@dataclass(frozen=True, slots=True)
class BatchItem:
    """The answer to one request of a batch; the names of its headers are lower-cased."""

    status: int
    headers: Mapping[str, str]
    # What the item's JSON holds: anything, until somebody has looked. It may hold numbers, so no repr shows it.
    body: object

    def __repr__(self) -> str:
        return f"BatchItem(status={self.status})"


@dataclass(frozen=True, slots=True)
class BatchReply:
    """The answers by the requests' ids; a request whose answer is missing, double or no answer is not among them."""

    items: Mapping[str, BatchItem]
    # The share of its limit that Graph says is used, at the highest; 0 where it does not say.
    load: float


class GraphBatch:
    """Reads several things at once; each counts against Graph's limits, and is answered, for itself."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._json = GraphJson(client, calls)
        self._url = f"{client.request_adapter.base_url}/$batch"

    async def get(self, urls: Mapping[str, str]) -> BatchReply:
        """Sends up to 20 GET requests, relative URLs by ids. Raises TransientError, DirectoryRefusedError."""
        requests = [
            {"id": name, "method": "GET", "url": url, "headers": dict(LOW_PRIORITY)} for name, url in urls.items()
        ]
        heads = HeadersInspectionHandlerOption(inspect_request_headers=False)
        request = self._request({"requests": requests}, heads)
        items = _items(await self._json(request), urls)
        told = [*heads.response_headers.get(_LOAD), *(item.headers.get(_LOAD, "") for item in items.values())]
        return BatchReply(items, max(map(_share, told), default=0.0))

    def _request(self, document: object, heads: HeadersInspectionHandlerOption) -> RequestInformation:
        request = RequestInformation(Method.POST)
        request.url = self._url
        request.headers.try_add("Accept", _JSON)
        request.set_stream_content(json.dumps(document).encode(), _JSON)
        request.add_request_options([heads])
        return request


def _items(document: Row, asked: Mapping[str, str]) -> dict[str, BatchItem]:
    """Reads the answers, which come in any order; an id that nobody asked for, or that is there twice, is left out."""
    responses = document.get("responses")
    if not isinstance(responses, list):
        message = "Microsoft Graph's answer to a batch has no `responses`."
        raise AnswerLostError(message)
    named = [(response.get("id"), response) for response in responses if isinstance(response, dict)]
    times = Counter(name for name, _ in named if isinstance(name, str))
    return {name: item for name, item in _read(named) if name in asked and times[name] == 1}


def _read(named: list[tuple[object, dict[str, object]]]) -> Iterator[tuple[str, BatchItem]]:
    for name, response in named:
        status, headers = response.get("status"), response.get("headers") or {}
        if isinstance(name, str) and type(status) is int and isinstance(headers, dict):
            lowered = {str(key).lower(): str(value) for key, value in headers.items()}
            yield name, BatchItem(status, lowered, response.get("body"))


def _share(text: str) -> float:
    """Reads a share such as 0.85; what is none says nothing."""
    try:
        share = float(text)
    except ValueError:
        return 0.0
    return share if 0 <= share < float("inf") else 0.0
