"""Long lists: rows are made for the page alone, a look-up finds what a walk would find, and pages fit together."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.graph.exchange import GraphRequest
from local.graph.odata.collections import ListType, collection
from local.graph.odata.filters import parse_filter
from local.graph.odata.options import QueryOptions
from local.graph.odata.rows import Rows

PROPERTIES: dict[str, Any] = {"name": None, "size": None}
THINGS = st.lists(st.tuples(st.sampled_from(["a", "B", "c"]), st.integers(0, 3), st.booleans()), max_size=12)
TERMS = st.sampled_from(
    [
        "name eq 'A'",
        "name eq 'b'",
        "name in ('a','C')",
        "name eq null",
        "size eq 1",
        "startswith(name,'c')",
        "not (name eq 'a')",
        "name ne 'b'",
    ]
)
FILTERS = st.recursive(
    TERMS, lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner), max_leaves=5
)
Thing = tuple[str, int, bool]


def as_row(thing: Thing) -> dict[str, Any]:
    return {"name": thing[0], "size": thing[1]}


def rows_of(things: list[Thing], *, looked_up: bool = False) -> Rows[Thing]:
    """Rows of the things whose third part is true."""
    positions = {"name": lambda value: [at for at, thing in enumerate(things) if thing[0].lower() == value]}
    return Rows(things, as_row, listed=lambda thing: thing[2], positions=positions if looked_up else {})


def all_pages(rows: Rows[Thing], **options: Any) -> tuple[list[Any], list[int]]:
    """Follows the links; gives the rows, and how many were on each page."""
    listed = ListType("thing", "things", PROPERTIES)
    found, sizes, token = [], [], None
    while True:
        query = QueryOptions(skip_token=token, **options)
        body = collection(GraphRequest("GET", ("things",)), query, listed, rows).body or {}
        found += body["value"]
        sizes.append(len(body["value"]))
        if "@odata.nextLink" not in body:
            return found, sizes
        token = parse_qs(urlsplit(body["@odata.nextLink"]).query)["$skiptoken"][0]


@settings(deadline=None)
@given(THINGS, FILTERS, st.integers(1, 4))
def test_what_is_looked_up_is_what_a_walk_finds(things: list[Thing], text: str, size: int) -> None:
    condition = parse_filter(text, PROPERTIES, "thing")
    expected = [as_row(thing) for thing in things if thing[2] and condition.matches(as_row(thing))]
    for looked_up in (False, True):
        found, sizes = all_pages(rows_of(things, looked_up=looked_up), filter=text, top=size)
        assert found == expected
        assert all(each == size for each in sizes[:-1]), "every page but the last one is full"


@settings(deadline=None)
@given(THINGS, FILTERS, st.integers(1, 4), st.sampled_from(["asc", "desc"]))
def test_pages_in_order_hold_everything_once(things: list[Thing], text: str, size: int, direction: str) -> None:
    condition = parse_filter(text, PROPERTIES, "thing")
    listed = [as_row(thing) for thing in things if thing[2] and condition.matches(as_row(thing))]
    expected = sorted(listed, key=lambda row: str(row["name"]).lower(), reverse=direction == "desc")
    order = f"name {direction}"
    assert all_pages(rows_of(things, looked_up=True), filter=text, orderby=order, top=size)[0] == expected


@settings(deadline=None)
@given(THINGS, FILTERS)
def test_the_count_is_of_all_pages(things: list[Thing], text: str) -> None:
    listed = ListType("thing", "things", PROPERTIES)
    options = QueryOptions(filter=text, top=1, count=True)
    body = collection(GraphRequest("GET", ("things",)), options, listed, rows_of(things)).body or {}
    assert body["@odata.count"] == len(all_pages(rows_of(things), filter=text)[0])


@pytest.mark.parametrize(
    ("text", "narrowed"),
    [
        ("name eq 'A'", {"name": {"a"}}),
        ("name in ('A','b') and size eq 1", {"name": {"a", "b"}}),
        ("name eq 'A' or name eq 'b'", {"name": {"a", "b"}}),
        ("name eq 'A' or size eq 1", {}),
        ("not (name eq 'A')", {}),
        ("name ne 'A'", {}),
        ("name eq null", {}),
    ],
)
def test_a_filter_tells_which_values_it_needs(text: str, narrowed: dict[str, set[str]]) -> None:
    assert parse_filter(text, PROPERTIES, "thing").narrowed == narrowed


@pytest.mark.parametrize("options", [{}, {"filter": "name eq '4321'"}])
def test_rows_are_made_for_the_page_alone(options: dict[str, Any]) -> None:
    made: list[int] = []

    def row(number: int) -> dict[str, Any]:
        made.append(number)
        return {"name": str(number), "size": number}

    rows = Rows(range(200_000), row, positions={"name": lambda value: [int(value)]})
    listed = ListType("thing", "things", PROPERTIES)
    body = collection(GraphRequest("GET", ("things",)), QueryOptions(top=10, **options), listed, rows).body or {}
    assert body["value"]
    assert len(made) <= 10
