"""Pages and the links between them."""

import base64
import binascii
from urllib.parse import quote, urlencode

from local.graph.errors import BadRequestError, UnsupportedQueryError
from local.graph.exchange import GraphRequest
from local.graph.odata.options import SKIP_TOKEN, QueryOptions

DEFAULT_PAGE = 100
LARGEST_PAGE = 999
TOKEN_PREFIX = "row:"  # noqa: S105 - what a skip token begins with
BAD_TOKEN = "The page token is expired or malformed."  # noqa: S105 - a message


def page_size(options: QueryOptions) -> int:
    """Returns how many objects fit on a page."""
    if options.top is None:
        return DEFAULT_PAGE
    if not 1 <= options.top <= LARGEST_PAGE:
        message = f"Invalid page size specified: '{options.top}'. Must be between 1 and {LARGEST_PAGE} inclusive."
        raise UnsupportedQueryError(message)
    return options.top


def first_row(options: QueryOptions) -> int:
    """Returns where the page begins, from the token in the link that led here."""
    if options.skip_token is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(options.skip_token.encode()).decode()
        return max(0, int(text.removeprefix(TOKEN_PREFIX)))
    except (binascii.Error, UnicodeError, ValueError):
        raise BadRequestError(BAD_TOKEN) from None


def next_link(request: GraphRequest, row: int) -> str:
    """Writes the link to the page that begins with the row: the same query, with a token that only we can read."""
    token = base64.urlsafe_b64encode(f"{TOKEN_PREFIX}{row}".encode()).decode()
    kept = {name: value for name, value in request.query.items() if name.lower() != SKIP_TOKEN}
    query = urlencode(kept | {SKIP_TOKEN: token}, safe="$", quote_via=quote)
    return f"{request.root}/{'/'.join(quote(segment, safe='@$') for segment in request.segments)}?{query}"
