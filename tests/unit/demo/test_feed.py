"""An HR feed that nobody here wrote is read as far as it can be, and what cannot be read is told with its line."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.demo.feed import Feed, read_feed
from local.serving import CannotStartError
from shared.messages.change_request import ChangeRequest

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HEADER = "requestId,operation,userPrincipalName,employeeId,userId,phoneType,phoneNumber,requestedBy,reason,requestedAt"


def csv_feed(folder: Path, text: str, encoding: str = "utf-8") -> Feed:
    path = folder / "feed.csv"
    path.write_bytes(text.encode(encoding))
    return read_feed(path, NOW)


def jsonl_feed(folder: Path, *rows: Any) -> Feed:
    path = folder / "feed.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return read_feed(path, NOW)


def test_a_row_becomes_a_valid_request_with_the_users_key_as_session(tmp_path: Path) -> None:
    row = "R-1,set,Anna@Contoso.example,,,mobile,0151 23456789,workday,INC-1,2026-11-23T09:00:00Z"
    feed = csv_feed(tmp_path, f"{HEADER}\n{row}\n")
    (request,) = feed.requests
    assert ChangeRequest.model_validate(request.body).request_id == "R-1"
    assert request.body["user"] == {"userPrincipalName": "Anna@Contoso.example"}
    assert (request.session_id, request.line, feed.faults) == ("anna@contoso.example", 2, ())


def test_what_a_feed_leaves_out_is_filled_in(tmp_path: Path) -> None:
    feed = csv_feed(tmp_path, "operation,employeeId,phoneNumber\nset,4711,0151 23456789\n")
    request = ChangeRequest.model_validate(feed.requests[0].body)
    assert request.request_id == "feed-00002"
    assert request.requested_at == NOW
    assert request.requested_by


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_spreadsheets_delimiters_and_encodings_are_understood(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = delimiter.join(["Request ID", "operation", "employee_id", "Reason"])
    text += "\r\n" + delimiter.join(["R-1", "remove", "4711", "Übertritt"]) + "\r\n"
    feed = csv_feed(tmp_path, text, encoding)
    assert [request.body["reason"] for request in feed.requests] == ["Übertritt"]
    assert feed.requests[0].request_id == "R-1"


def test_an_unreadable_row_is_told_with_its_line_and_the_next_one_goes_on(tmp_path: Path) -> None:
    header = "requestId,operation,employeeId,dryRun,effectiveAt"
    rows = ["A,set", "B,remove,1,,", "", "C,remove,,,", "D,remove,1,maybe,", "E,remove,1,,soon", ""]
    feed = csv_feed(tmp_path, "\n".join([header, *rows]))
    assert [request.request_id for request in feed.requests] == ["B"]
    assert [(fault.line, fault.reason.split()[1]) for fault in feed.faults] == [
        (2, "has"),
        (5, "names"),
        (6, "dryRun"),
        (7, "effectiveAt"),
    ]


def test_a_cell_with_a_line_break_counts_lines_as_an_editor_does(tmp_path: Path) -> None:
    feed = csv_feed(tmp_path, 'operation,employeeId,reason\nremove,1,"a\nb"\nremove\n')
    assert [request.line for request in feed.requests] == [2]
    assert [fault.line for fault in feed.faults] == [4]


def test_json_lines_may_nest_the_user_or_not(tmp_path: Path) -> None:
    flat = {"requestId": "A", "operation": "remove", "employeeId": "1", "dryRun": True}
    nested = {"requestId": "B", "operation": "remove", "user": {"id": "87D349ED-44d7-43e1-9a83-5f2406dee5bd"}}
    feed = jsonl_feed(tmp_path, flat, "{cut off", nested, "[]", {"operation": "remove"})
    assert [request.request_id for request in feed.requests] == ["A", "B"]
    assert feed.requests[1].session_id == "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
    assert [fault.line for fault in feed.faults] == [2, 4, 5]


def test_wrong_values_go_to_the_function_which_judges_them(tmp_path: Path) -> None:
    feed = jsonl_feed(tmp_path, {"operation": "explode", "employeeId": "1", "phoneNumber": 15})
    assert feed.requests[0].body["operation"] == "explode"
    assert feed.requests[0].body["phoneNumber"] == 15


@pytest.mark.parametrize("request_id", ["x" * 129, 5, "R 1", "Größe-1", " R-1", "R/1"])
def test_an_id_that_cannot_be_a_message_id_is_a_fault_of_its_row(tmp_path: Path, request_id: object) -> None:
    feed = jsonl_feed(tmp_path, {"requestId": request_id, "operation": "remove", "employeeId": "1"})
    assert [fault.line for fault in feed.faults] == [1]


def test_columns_that_mean_nothing_are_named(tmp_path: Path) -> None:
    assert csv_feed(tmp_path, "operation,employeeId,costCentre\nremove,1,77\n").unknown_columns == ("costCentre",)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("feed.xlsx", b"x", "neither .csv nor .jsonl; a workbook can be saved as CSV"),
        ("feed.csv", b"PK\x03\x04\x14\x00", "is a workbook, not text: save it as CSV"),
        ("feed.csv", b"", "is empty"),
        ("feed.csv", b"\r\n  \n\n", "is empty"),
        ("feed.jsonl", b"\n", "is empty"),
        ("feed.jsonl", b"[]", "holds no rows"),
        ("feed.csv", b"operation,employeeId\n\n,\n", "holds no rows"),
        ("feed.csv", b"sep=;\n", "must name its columns"),
        ("feed.csv", b"a,b\n1,2\n", "must name its columns, among them operation .* it names: a, b"),
        ("feed.csv", b"operation,phoneNumber\nset,1\n", "one of userPrincipalName, employeeId, userId; it names"),
        ("feed.csv", b"operation,employeeId,Employee ID\nset,1,2\n", "names the column employeeId twice"),
    ],
)
def test_a_file_that_is_no_feed_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CannotStartError, match=sentence):
        read_feed(tmp_path / name, NOW)


def test_a_feed_that_is_not_there_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match="cannot be read: No such file"):
        read_feed(tmp_path / "none.csv", NOW)


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "30.11.2026", "soon", ""])
def test_an_effective_date_that_no_message_can_have_is_a_fault_of_its_row(tmp_path: Path, moment: str) -> None:
    feed = jsonl_feed(tmp_path, {"operation": "remove", "employeeId": "1", "effectiveAt": moment})
    assert [fault.reason for fault in feed.faults] == [
        "its effectiveAt is no date and time such as 2026-11-30T08:00:00Z"
    ]
