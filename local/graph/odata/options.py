"""The query options of a request, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from local.graph.contract.operations import Operation
from local.graph.errors import BadRequestError, UnsupportedQueryError
from local.graph.exchange import GraphRequest

SKIP_TOKEN = "$skiptoken"  # noqa: S105 - a query option, not a secret
NO_EVENTUAL_SEARCH = (
    "Request with $search query parameter only works through MSGraph with a special request header: "
    "'ConsistencyLevel: eventual'"
)


@dataclass(frozen=True)
class QueryOptions:
    """What the query string asks for; None where it does not. `asked_at` is when, in seconds since 1970."""

    select: tuple[str, ...] | None = None
    expand: tuple[str, ...] = ()
    filter: str | None = None
    orderby: str | None = None
    top: int | None = None
    skip_token: str | None = None
    count: bool = False
    eventual: bool = False
    asked_at: int = 0

    @property
    def advanced(self) -> bool:
        """Whether the directory's advanced query capabilities are asked for: the header and $count together.

        https://learn.microsoft.com/graph/aad-advanced-queries
        """
        return self.eventual and self.count


def read_options(request: GraphRequest, operation: Operation) -> QueryOptions:
    """Reads the query options, or raises what Graph answers to those that the operation does not have."""
    given = {_dollar(name): value for name, value in request.query.items()}
    _check_known(given, operation)
    eventual = request.headers.get("consistencylevel", "").lower() == "eventual"
    if "$search" in given:
        raise UnsupportedQueryError("The twin does not search." if eventual else NO_EVENTUAL_SEARCH)
    return QueryOptions(
        select=_names(given["$select"]) if "$select" in given else None,
        expand=_names(given.get("$expand", "")),
        filter=given.get("$filter"),
        orderby=given.get("$orderby"),
        top=_top(given),
        skip_token=given.get(SKIP_TOKEN),
        count=given.get("$count", "").lower() == "true",
        eventual=eventual,
    )


def _dollar(name: str) -> str:
    """Returns an option's name as the contract writes it: Graph takes `top` and `$Top` for `$top`."""
    bare = name.lower().removeprefix("$")
    return f"${bare}"


def _check_known(given: Mapping[str, str], operation: Operation) -> None:
    paged = {SKIP_TOKEN} if "$top" in operation.query_options else set()
    for name in given.keys() - operation.query_options - paged:
        message = f"The query parameter '{name}' is not supported for this request."
        raise BadRequestError(message)


def _names(text: str) -> tuple[str, ...]:
    """Splits at commas, but not inside the brackets of a nested option."""
    names, depth, name = [], 0, ""
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            names.append(name)
            name = ""
        else:
            name += character
    return tuple(stripped for each in [*names, name] if (stripped := each.strip()))


def _top(given: Mapping[str, str]) -> int | None:
    if "$top" not in given:
        return None
    try:
        return int(given["$top"])
    except ValueError:
        message = f"Invalid value '{given['$top']}' for $top query option found. A non-negative integer is expected."
        raise BadRequestError(message) from None
