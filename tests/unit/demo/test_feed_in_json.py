"""JSON in the forms that exports have it: one object a line, a list, objects over several lines."""

import json
from pathlib import Path

import pytest

from local.demo.feed import Feed, read_feed
from tests.unit.demo.test_feed import NOW, jsonl_feed

ROWS = [{"requestId": name, "operation": "remove", "employeeId": "1"} for name in "ABC"]
LINES = [json.dumps(row) for row in ROWS]


def written(folder: Path, text: str, name: str = "feed.jsonl") -> Feed:
    (folder / name).write_bytes(text.encode())
    return read_feed(folder / name, NOW)


def ids(feed: Feed) -> list[str]:
    return [request.request_id for request in feed.requests]


@pytest.mark.parametrize(
    "text",
    [
        ",\r\n".join(LINES) + ",\r\n",
        "\n\n".join(LINES),
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        "[\n" + ",\n".join(LINES) + "\n]\n",
        "\n".join(json.dumps(row, indent=1) for row in ROWS),
        "\ufeff" + "\n".join(LINES),
    ],
)
@pytest.mark.parametrize("name", ["feed.jsonl", "feed.ndjson", "feed.json"])
def test_every_usual_form_gives_every_row(tmp_path: Path, text: str, name: str) -> None:
    feed = written(tmp_path, text, name)
    assert (ids(feed), feed.faults) == (["A", "B", "C"], ())


def test_rows_of_one_line_that_have_no_id_get_one_each(tmp_path: Path) -> None:
    feed = written(tmp_path, json.dumps([{"operation": "remove", "employeeId": str(n)} for n in range(3)]))
    assert ids(feed) == ["feed-00001", "feed-00001-2", "feed-00001-3"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"requestId": "X", "operation": "se', "it is no JSON"),
        ('{"requestId": "X",', "it is no JSON"),
        ('{"requestId": ', "it is no JSON"),
        ("remove 4711", "it is no JSON"),
        ('{"employeeId": ' + "1" * 5000 + "}", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[1, 2]", "it is no JSON object"),
        ('{"requestId": "X", "requestId": "Y", "employeeId": "1"}', "it gives requestId twice"),
        ('{"requestId": "X", "Request ID": "Y", "employeeId": "1"}', "it gives requestId twice"),
        ('{"operation": "remove", "user": "anna@contoso.example"}', "it names no user"),
        ('{"operation": "remove", "employeeId": "\\ud800"}', "its user is no text"),
        ('{"operation": "remove", "employeeId": "1", "reason": "' + "x" * 300_000 + '"}', "it is larger than"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_broken_line_costs_itself_only(tmp_path: Path, broken: str, reason: str) -> None:
    feed = jsonl_feed(tmp_path, ROWS[0], broken, ROWS[1], ROWS[2])
    assert ids(feed) == ["A", "B", "C"]
    assert [fault.line for fault in feed.faults] == [2]
    assert feed.faults[0].reason.startswith(reason)


def test_an_object_that_breaks_off_over_several_lines_is_one_fault(tmp_path: Path) -> None:
    feed = written(tmp_path, '{\n "operation": "set",\n "employeeId":\n' + "\n".join(LINES))
    assert ids(feed)[-2:] == ["B", "C"]
    assert feed.faults[0].line == 1


def test_a_line_separator_within_a_text_ends_no_line(tmp_path: Path) -> None:
    feed = written(tmp_path, '{"operation": "remove", "employeeId": "1", "reason": "a\u2028b\x85c"}\n' + LINES[0])
    assert [request.line for request in feed.requests] == [1, 2]


def test_names_are_understood_as_in_csv_and_null_is_an_empty_cell(tmp_path: Path) -> None:
    row = {"Operation": "remove", "Employee ID": "1", "request_id": None, "phoneNumber": None, "costCentre": 7}
    feed = jsonl_feed(tmp_path, row)
    assert ids(feed) == ["feed-00001"]
    assert "phoneNumber" not in feed.requests[0].body
    assert feed.unknown_columns == ("costCentre",)
