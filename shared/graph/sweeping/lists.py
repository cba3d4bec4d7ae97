"""Reads lists as JSON: a page at a time, with as much time between the pages as the sweep likes, or whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph.graph_service_client import GraphServiceClient

from shared.errors import DirectoryRefusedError, DirectoryUnavailableError
from shared.graph.calls import GraphCalls
from shared.graph.pages import GraphPages
from shared.graph.sweeping.json_calls import GraphJson, Row, text_of
from shared.sweep.ports import LinkExpiredError

# 400 `Directory_ExpiredPageToken` is what is documented; the others mean the same.
_LINK_REFUSED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
# With the largest pages a million entries. A link that leads in a circle ends here.
_MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class JsonPage:
    """A page, with the link to the next one; "" where it is the last."""

    rows: Sequence[Row]
    next: str


class GraphLists:
    """Lists whose links may be kept between the pages, in a row that outlives the worker."""

    def __init__(self, client: GraphServiceClient, calls: GraphCalls) -> None:
        self._json = GraphJson(client, calls)
        self._pages = GraphPages(client, calls)

    async def first(self, request: RequestInformation) -> JsonPage:
        """Reads the first page. Raises TransientError, DirectoryRefusedError."""
        return self._page(await self._json(request))

    async def linked(self, link: str) -> JsonPage:
        """Reads the page that a link leads to. Raises LinkExpiredError, TransientError, DirectoryRefusedError."""
        if not self._pages.owns(link):
            message = "A link that was kept does not lead to Microsoft Graph."
            raise LinkExpiredError(message)
        try:
            return self._page(await self._json(_following(link)))
        except DirectoryRefusedError as fault:
            if fault.status not in _LINK_REFUSED:
                raise
            message = f"Microsoft Graph answered HTTP {fault.status} {fault.code} to a link."
        raise LinkExpiredError(message)

    async def whole(self, request: RequestInformation) -> list[Row]:
        """Reads all pages: half a list never passes for the whole. Raises TransientError, DirectoryRefusedError."""
        page = await self.first(request)
        rows = [*page.rows]
        for _ in range(_MOST_PAGES):
            if not page.next:
                return rows
            page = await self._further(page.next)
            rows += page.rows
        message = f"Microsoft Graph has more than {_MOST_PAGES} pages of one list."
        raise DirectoryUnavailableError(message)

    async def _further(self, link: str) -> JsonPage:
        """Reads another page; what Graph began to tell, it refuses for the moment."""
        try:
            return await self.linked(link)
        except (LinkExpiredError, DirectoryRefusedError):
            message = "Microsoft Graph breaks off in the middle of a list."
        raise DirectoryUnavailableError(message)

    def _page(self, document: Row) -> JsonPage:
        rows, link = document.get("value"), text_of(document, "@odata.nextLink")
        if not isinstance(rows, list):
            message = "Microsoft Graph's answer about a list has no `value`."
            raise DirectoryUnavailableError(message)
        if link and not self._pages.owns(link):
            message = "Microsoft Graph sent a link to another host."
            raise DirectoryUnavailableError(message)
        return JsonPage(rows, link)


def identified(row: Row, name: str = "id") -> str:
    """Gives what every row must have. Raises TransientError: somebody who cannot be named is not left out."""
    value = text_of(row, name)
    if not value:
        message = f"Microsoft Graph lists somebody without {name}."
        raise DirectoryUnavailableError(message)
    return value


def _following(link: str) -> RequestInformation:
    request = RequestInformation(Method.GET)
    request.url = link
    request.headers.try_add("Accept", "application/json")
    return request
