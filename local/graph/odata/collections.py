"""A list as Graph answers it: filter, sort, count, page, select."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.graph.errors import BadRequestError, UnsupportedQueryError
from local.graph.exchange import Answer, GraphRequest, JsonObject
from local.graph.odata.filters import parse_filter
from local.graph.odata.options import QueryOptions
from local.graph.odata.paging import first_row, next_link, page_size
from local.graph.odata.selection import checked_selection, pick

BAD_ORDER = "Invalid $orderby: give a property, then asc or desc."
NEEDS_ADVANCED = (
    "The query needs the 'ConsistencyLevel: eventual' header and '$count=true'. "
    "Refer to https://aka.ms/graph-docs/advanced-queries for more information."
)


@dataclass(frozen=True)
class ListType:
    """What a list holds and how its directory answers queries.

    `properties` holds every property with what stands for it where it is absent.
    `always` names the properties that are in an answer without $select; all of them where it is None.
    `expanded` names relationships that a row brings along whatever is selected.
    `filter_needs_advanced` is for relationships, where every filter is an advanced query.
    """

    type_name: str
    context: str
    properties: Mapping[str, Any]
    always: tuple[str, ...] | None = None
    expanded: tuple[str, ...] = ()
    directory: bool = False
    filter_needs_advanced: bool = False


def collection(
    request: GraphRequest, options: QueryOptions, listed: ListType, rows: Sequence[Mapping[str, Any]]
) -> Answer:
    """Answers with the page of the rows that the request asks for."""
    wanted = _selection(options, listed)
    found = _sorted(_filtered(rows, options, listed), options, listed)
    first, size = first_row(options), page_size(options)
    body: JsonObject = {"@odata.context": context(request, listed.context, options.select)}
    if options.count and (options.eventual or not listed.directory):
        body["@odata.count"] = len(found)
    if first + size < len(found):
        body["@odata.nextLink"] = next_link(request, first + size)
    body["value"] = [_picked(row, wanted, listed) for row in found[first : first + size]]
    return Answer(200, body)


def _picked(row: Mapping[str, Any], wanted: Sequence[str], listed: ListType) -> JsonObject:
    return pick(row, wanted, listed.properties) | {name: row[name] for name in listed.expanded if name in row}


def context(request: GraphRequest, name: str, select: Collection[str] | None = None) -> str:
    """Writes @odata.context."""
    return f"{request.root}/$metadata#{name}{f'({",".join(select)})' if select else ''}"


def _selection(options: QueryOptions, listed: ListType) -> Sequence[str]:
    if options.select is not None:
        return checked_selection(options.select, listed.properties, listed.type_name)
    return listed.always or tuple(listed.properties)


def _filtered(
    rows: Sequence[Mapping[str, Any]], options: QueryOptions, listed: ListType
) -> Sequence[Mapping[str, Any]]:
    if options.filter is None:
        return rows
    condition = parse_filter(options.filter, listed.properties, listed.type_name)
    _check_advanced(options, listed, needed=condition.advanced or listed.filter_needs_advanced)
    return [row for row in rows if condition.matches(row)]


def _sorted(rows: Sequence[Mapping[str, Any]], options: QueryOptions, listed: ListType) -> Sequence[Mapping[str, Any]]:
    if options.orderby is None:
        return rows
    _check_advanced(options, listed, needed=options.filter is not None)
    name, _, direction = options.orderby.strip().partition(" ")
    if direction.strip().lower() not in {"", "asc", "desc"}:
        raise BadRequestError(BAD_ORDER)
    (key,) = checked_selection([name], listed.properties, listed.type_name)
    descending = direction.strip().lower() == "desc"
    return sorted(rows, key=lambda row: str(row.get(key) or "").lower(), reverse=descending)


def _check_advanced(options: QueryOptions, listed: ListType, *, needed: bool) -> None:
    if needed and listed.directory and not options.advanced:
        raise UnsupportedQueryError(NEEDS_ADVANCED)
