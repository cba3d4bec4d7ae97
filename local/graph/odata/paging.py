"""Pages and the links between them."""

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from local.graph.errors import BadRequestError, ExpiredPageError, UnsupportedQueryError
from local.graph.exchange import GraphRequest
from local.graph.odata.options import SKIP_TOKEN, QueryOptions

DEFAULT_PAGE = 100
LARGEST_PAGE = 999
TOKEN = re.compile(r"row:(\d{1,12}):(\d{1,12})")
BAD_TOKEN = "The page token is expired or malformed."  # noqa: S105 - a message


def page_size(options: QueryOptions) -> int:
    """Returns how many objects fit on a page."""
    if options.top is None:
        return DEFAULT_PAGE
    if not 1 <= options.top <= LARGEST_PAGE:
        message = f"Invalid page size specified: '{options.top}'. Must be between 1 and {LARGEST_PAGE} inclusive."
        raise UnsupportedQueryError(message)
    return options.top


@dataclass(frozen=True)
class PageToken:
    """Where a page begins, and when the link to it was written, in seconds since 1970."""

    row: int
    written_at: int

    def __str__(self) -> str:
        """Writes the token as only we can read it."""
        return base64.urlsafe_b64encode(f"row:{self.row}:{self.written_at}".encode()).decode()


def _token(text: str) -> PageToken:
    try:
        found = TOKEN.fullmatch(base64.urlsafe_b64decode(text.encode()).decode())
    except (binascii.Error, UnicodeError, ValueError):
        found = None
    if found is None:
        raise BadRequestError(BAD_TOKEN)
    return PageToken(*map(int, found.groups()))


def first_row(options: QueryOptions) -> int:
    """Returns where the page begins, from the token in the link that led here."""
    return 0 if options.skip_token is None else _token(options.skip_token).row


def check_age(options: QueryOptions, seconds: float | None) -> None:
    """Raises what the directory answers to a link that is older than it keeps them."""
    if seconds is None or options.skip_token is None:
        return
    if options.asked_at - _token(options.skip_token).written_at > seconds:
        raise ExpiredPageError


def next_link(request: GraphRequest, row: int, written_at: int = 0) -> str:
    """Writes the link to the page that begins with the row: the same query, with a token that only we can read."""
    kept = {name: value for name, value in request.query.items() if name.lower() != SKIP_TOKEN}
    query = urlencode(kept | {SKIP_TOKEN: str(PageToken(row, written_at))}, safe="$", quote_via=quote)
    return f"{request.root}/{'/'.join(quote(segment, safe='@$') for segment in request.segments)}?{query}"
