"""The workbook is built from its template and the queries, and holds each of them once."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.build_workbook import QUERIES, TEMPLATE, WORKBOOK, text_of, workbook

_TEMPLATE = json.loads(TEMPLATE.read_text(encoding="utf-8"))
_BUILT = workbook(_TEMPLATE)
_ITEMS = [item for tab in _BUILT["items"] if tab["type"] == 12 for item in tab["content"]["items"]]
_BICEP = (WORKBOOK.parent / "modules" / "workbook.bicep").read_text(encoding="utf-8")


def _queries() -> list[dict[str, Any]]:
    return [item["content"] for item in _ITEMS if item["type"] == 3]


def test_the_workbook_is_the_one_of_its_parts() -> None:
    assert WORKBOOK.read_text(encoding="utf-8") == text_of(_BUILT), "run python -m scripts.build_workbook"


def test_every_query_file_stands_in_the_workbook_once() -> None:
    shown = [query["query"] for query in _queries()]
    assert sorted(shown) == sorted(path.read_text(encoding="utf-8") for path in QUERIES.iterdir())


def test_a_query_that_has_no_file_stops_the_build() -> None:
    item = {"query": "nowhere", "title": "Nowhere", "show": "table"}
    with pytest.raises(FileNotFoundError):
        workbook({**_TEMPLATE, "tabs": [{**_TEMPLATE["tabs"][0], "items": [item]}]})


def test_a_query_that_was_changed_changes_the_workbook(tmp_path: Path) -> None:
    for path in QUERIES.iterdir():
        (tmp_path / path.name).write_text("print 1", encoding="utf-8")
    assert workbook(_TEMPLATE, tmp_path) != _BUILT


def test_every_tab_can_be_reached_and_is_shown_alone() -> None:
    links = next(item for item in _BUILT["items"] if item["type"] == 11)["content"]["links"]
    shown = [item["conditionalVisibility"]["value"] for item in _BUILT["items"] if item["type"] == 12]
    assert [link["subTarget"] for link in links] == shown
    assert len(set(shown)) == len(shown)


def test_no_two_items_have_the_same_name() -> None:
    names = [item["name"] for item in _ITEMS]
    assert len(set(names)) == len(names)


def test_every_query_follows_the_time_that_is_chosen_above() -> None:
    assert {query["timeContextFromParameter"] for query in _queries()} == {"TimeRange"}


def test_every_id_of_a_resource_is_put_in_by_the_template() -> None:
    text = WORKBOOK.read_text(encoding="utf-8")
    for token in (
        "WORKSPACE_RESOURCE_ID",
        "SERVICE_BUS_RESOURCE_ID",
        "FUNCTION_APP_RESOURCE_ID",
        "RESOURCE_GROUP_RESOURCE_ID",
    ):
        assert token in text
        assert f"'{token}'" in _BICEP
    assert "/subscriptions/" not in text
