"""A list as Graph answers it: filter, sort, count, page, select."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from local.graph.errors import BadRequestError, UnsupportedQueryError
from local.graph.exchange import Answer, GraphRequest, JsonObject
from local.graph.odata.filters import Filter, parse_filter
from local.graph.odata.options import QueryOptions
from local.graph.odata.paging import first_row, next_link, page_size
from local.graph.odata.rows import Row, Rows, plain_rows
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


def collection[T](
    request: GraphRequest, options: QueryOptions, listed: ListType, rows: Sequence[Row] | Rows[T]
) -> Answer:
    """Answers with the page of the rows that the request asks for."""
    if isinstance(rows, Rows):
        return _page(request, options, listed, rows)
    return _page(request, options, listed, plain_rows(rows))


def _page[T](request: GraphRequest, options: QueryOptions, listed: ListType, rows: Rows[T]) -> Answer:
    """Makes the rows of the page and of no other; only $count, $orderby and a filter look at more."""
    wanted, condition = _selection(options, listed), _condition(options, listed)
    rows, positions = _sorted(rows, condition, options, listed)
    matches = condition.matches if condition else None
    first, size = first_row(options), page_size(options)
    found = list(islice(rows.matching(positions, first, matches), size + 1))
    body: JsonObject = {"@odata.context": context(request, listed.context, options.select)}
    if options.count and (options.eventual or not listed.directory):
        body["@odata.count"] = sum(1 for _ in rows.matching(positions, 0, matches))
    if len(found) > size:
        body["@odata.nextLink"] = next_link(request, found[size][0], options.asked_at)
    body["value"] = [_picked(rows.shown(thing), wanted, listed) for _, thing in found[:size]]
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


def _condition(options: QueryOptions, listed: ListType) -> Filter | None:
    if options.filter is None:
        return None
    condition = parse_filter(options.filter, listed.properties, listed.type_name)
    _check_advanced(options, listed, needed=condition.advanced or listed.filter_needs_advanced)
    return condition


def _sorted[T](
    rows: Rows[T], condition: Filter | None, options: QueryOptions, listed: ListType
) -> tuple[Rows[T], Iterable[int]]:
    """Returns the rows in the order that is asked for, and where in it what is looked for may stand."""
    positions = rows.candidates(condition.narrowed if condition else {})
    if options.orderby is None:
        return rows, positions
    _check_advanced(options, listed, needed=options.filter is not None)
    name, _, direction = options.orderby.strip().partition(" ")
    if direction.strip().lower() not in {"", "asc", "desc"}:
        raise BadRequestError(BAD_ORDER)
    (key,) = checked_selection([name], listed.properties, listed.type_name)
    found = [thing for _, thing in rows.matching(positions, 0, condition.matches if condition else None)]
    found.sort(
        key=lambda thing: str(rows.row(thing).get(key) or "").lower(), reverse=direction.strip().lower() == "desc"
    )
    return replace(rows, things=found, positions={}), range(len(found))


def _check_advanced(options: QueryOptions, listed: ListType, *, needed: bool) -> None:
    if needed and listed.directory and not options.advanced:
        raise UnsupportedQueryError(NEEDS_ADVANCED)
