"""Reads collections of Graph to their last page: half a list must never pass for the whole truth."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.graph_service_client import GraphServiceClient

from shared.errors import DirectoryRefusedError, DirectoryUnavailableError
from shared.graph.answers import answered
from shared.graph.calls import GraphCalls

# With the largest pages 50,000 entries. A link that leads in a circle ends here.
_MOST_PAGES = 50


class Page[T](Protocol):
    """A page of the SDK."""

    value: list[T] | None
    odata_next_link: str | None


class Collection[T](Protocol):
    """A request builder of the SDK for a collection."""

    async def get(self, configuration: RequestConfiguration[Any] | None = None, /) -> Page[T] | None:
        """Reads a page."""
        ...

    def with_url(self, url: str, /) -> Self:
        """Leads to another page."""
        ...


class GraphPages:
    """Reads all pages, from Graph's own host alone."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._calls = calls
        self._origin = _origin(client.request_adapter.base_url)

    async def read[T](self, collection: Collection[T], request: RequestConfiguration[Any] | None = None) -> list[T]:
        """Reads a collection whole. Raises TransientError, also where an answer is no collection."""
        entries: list[T] = []
        for number in range(_MOST_PAGES):
            page = await self._page(partial(collection.get, request), is_first=number == 0)
            entries += _entries(page)
            if not page.odata_next_link:
                return entries
            collection, request = collection.with_url(self._own(page.odata_next_link)), _next(request)
        message = f"Microsoft Graph has more than {_MOST_PAGES} pages of one list."
        raise DirectoryUnavailableError(message)

    def owns(self, link: str) -> bool:
        """Says whether a link leads to where Graph itself answers."""
        return _origin(link) == self._origin

    async def _page[T](self, get: Callable[[], Awaitable[Page[T] | None]], *, is_first: bool) -> Page[T]:
        """Reads one page. The first one says whether Graph refuses; what it began to tell, it refuses for the moment.

        Links grow old, for one: 400 `Directory_ExpiredPageToken`.
        """
        try:
            return answered(await self._calls(get))
        except DirectoryRefusedError as fault:
            if is_first:
                raise
            message = f"Microsoft Graph answered HTTP {fault.status} {fault.code} in the middle of a list."
            raise DirectoryUnavailableError(message) from None

    def _own(self, link: str) -> str:
        """Follows a link only to where the first page came from; elsewhere the call would go out without a token."""
        if not self.owns(link):
            message = "Microsoft Graph sent a link to another host."
            raise DirectoryUnavailableError(message)
        return link


def _next(request: RequestConfiguration[Any] | None) -> RequestConfiguration[Any] | None:
    """Keeps the headers alone: the link holds the query, but not the ConsistencyLevel that it was asked with."""
    return RequestConfiguration(headers=request.headers) if request else None


def _entries[T](page: Page[T]) -> list[T]:
    if page.value is None:
        message = "Microsoft Graph's answer about a list has no `value`."
        raise DirectoryUnavailableError(message)
    return page.value


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
