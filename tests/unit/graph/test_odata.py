"""Filters, options and pages on plain rows."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.graph.contract.operations import Target, find
from local.graph.errors import BadRequestError, GraphError
from local.graph.exchange import GraphRequest
from local.graph.odata.collections import ListType, collection
from local.graph.odata.filters import parse_filter
from local.graph.odata.options import QueryOptions, read_options

PROPERTIES: dict[str, Any] = {"name": None, "size": None, "open": None}
ROWS: list[dict[str, Any]] = [
    {"name": "Ada", "size": 1, "open": True},
    {"name": "Bob", "size": 2, "open": False},
    {"name": None, "size": 3},
]


def found(text: str) -> list[int]:
    return [row["size"] for row in ROWS if parse_filter(text, PROPERTIES, "thing").matches(row)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name eq 'ada'", [1]),
        ("NAME EQ 'ADA'", [1]),
        ("name eq null", [3]),
        ("open eq true", [1]),
        ("open eq false", [2]),
        ("size in (1,3)", [1, 3]),
        ("size eq 1 or size eq 2 and open eq true", [1]),
        ("(size eq 1 or size eq 2) and open eq false", [2]),
        ("not open eq true", [2, 3]),
        ("not (size eq 1) and not (size eq 2)", [3]),
        ("startswith(name,'a') or endswith(name,'B')", [1, 2]),
        ("name ne 'Ada'", [2, 3]),
        ("size eq -1", []),
    ],
)
def test_filters_bind_as_odata_says(text: str, expected: list[int]) -> None:
    assert found(text) == expected


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_compared_with(text: str) -> None:
    quoted = text.replace("'", "''")
    assert parse_filter(f"name eq '{quoted}'", PROPERTIES, "thing").matches({"name": text})


@settings(deadline=None)
@given(st.text(max_size=30))
def test_rubbish_is_refused_and_breaks_nothing(text: str) -> None:
    try:
        parse_filter(text, PROPERTIES, "thing")
    except BadRequestError as refused:
        assert refused.status == 400  # noqa: PT017 - whether it is refused depends on the text


def test_a_refusal_never_repeats_a_quoted_value() -> None:
    with pytest.raises(BadRequestError) as refused:
        parse_filter("name eq 'x' '+491711234567'", PROPERTIES, "thing")
    assert "491711234567" not in str(refused.value)


@settings(deadline=None)
@given(st.integers(1, 7), st.integers(0, 20))
def test_pages_hold_every_row_once_and_in_order(size: int, count: int) -> None:
    rows = [{"name": str(number)} for number in range(count)]
    listed = ListType("thing", "things", PROPERTIES)
    request = GraphRequest("GET", ("things",), {"$top": str(size)})
    seen: list[str] = []
    token = None
    while True:
        body = collection(request, QueryOptions(top=size, skip_token=token), listed, rows).body or {}
        seen += [row["name"] for row in body["value"]]
        if "@odata.nextLink" not in body:
            break
        token = body["@odata.nextLink"].partition("$skiptoken=")[2].replace("%3D", "=")
    assert seen == [row["name"] for row in rows]


def test_options_may_be_written_without_the_dollar_and_in_any_case() -> None:
    target = find("GET", ("users",))
    options = read_options(GraphRequest("GET", ("users",), {"Select": "id, mail", "$TOP": "5"}), target.operation)
    assert (options.select, options.top) == (("id", "mail"), 5)


def test_expand_may_hold_options_of_its_own() -> None:
    target = find("GET", ("users", "x"))
    query = {"$expand": "manager($select=id,mail),other"}
    options = read_options(GraphRequest("GET", ("users", "x"), query), target.operation)
    assert options.expand == ("manager($select=id,mail)", "other")


@pytest.mark.parametrize(
    ("segments", "template"),
    [
        (("users",), "/users"),
        (("USERS", "x"), "/users/{user-id}"),
        (
            ("users", "x", "transitiveMemberOf", "graph.directoryRole"),
            "/users/{user-id}/transitiveMemberOf/microsoft.graph.directoryRole",
        ),
        (("$batch",), None),
    ],
)
def test_a_path_means_one_operation(segments: tuple[str, ...], template: str | None) -> None:
    method = "POST" if template is None else "GET"
    target: Target = find(method, segments)
    assert target.operation.template == (template or "/$batch")


@pytest.mark.parametrize(
    "segments", [(), ("",), ("users", "x", "y"), ("users", "x", "transitiveMemberOf", "directoryRole", "z")]
)
def test_a_path_that_means_nothing_is_an_error_of_graph(segments: tuple[str, ...]) -> None:
    with pytest.raises(GraphError):
        find("GET", segments)
