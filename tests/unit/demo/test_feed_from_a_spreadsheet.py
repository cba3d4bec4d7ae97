"""What Excel, exports and people make of a CSV file: as much of it is understood as can be without guessing."""

from pathlib import Path

import pytest

from local.demo.feed import Feed, read_feed
from tests.unit.demo.test_feed import NOW, csv_feed

HEADER = "requestId,operation,employeeId,phoneNumber,reason\n"


def told(feed: Feed) -> dict[int, str]:
    return {fault.line: fault.reason for fault in feed.faults}


def lines(feed: Feed) -> list[int]:
    return [request.line for request in feed.requests]


def test_excels_own_csv_is_read_with_its_mark_its_semicolons_and_its_empty_rows(tmp_path: Path) -> None:
    text = (
        "\ufeffRequest ID;Operation;Employee ID;Phone Number\r\nR-1;set;4711;0151 1\r\n;;;\r\nR-2;set;4712;0151 2\r\n"
    )
    assert lines(csv_feed(tmp_path, text)) == [2, 4]


@pytest.mark.parametrize("top", ["\n\n", "sep=,\n\n", '"sep=,"\r\n\r\n', " \n\t\n"])
def test_what_stands_above_the_header_is_passed_over_and_lines_are_counted_all_the_same(
    tmp_path: Path, top: str
) -> None:
    assert lines(csv_feed(tmp_path, f"{top}{HEADER}R-1,set,4711,0151,\n")) == [4]


@pytest.mark.parametrize("delimiter", ["|", ";", "\t"])
def test_the_delimiter_is_the_one_that_parts_known_columns(tmp_path: Path, delimiter: str) -> None:
    """Another sign may well stand in the header more often."""
    header = delimiter.join(["operation", "employeeId", '"cost, centre, and, so, on"'])
    feed = csv_feed(tmp_path, f"{header}\n" + delimiter.join(["remove", "1", '"a,b"']))
    assert lines(feed) == [2]
    assert feed.unknown_columns == ("cost, centre, and, so, on",)


def test_a_header_may_hold_a_line_break_and_spaces_of_any_kind(tmp_path: Path) -> None:
    feed = csv_feed(tmp_path, 'operation,"Employee\nID",\u00a0phone\u00a0Number \nset,1,0151\n')
    assert (lines(feed), feed.requests[0].body["phoneNumber"], feed.unknown_columns) == ([3], "0151", ())


def test_unicode_text_is_read_as_excel_saves_it(tmp_path: Path) -> None:
    feed = csv_feed(tmp_path, "operation\temployeeId\treason\r\nremove\t1\tKöln\r\n", "utf-16")
    assert feed.requests[0].body["reason"] == "Köln"


@pytest.mark.parametrize(
    ("cell", "number"),
    [("'+49 151 2345678", "+49 151 2345678"), ('"=""0151 2345678"""', "0151 2345678"), ("'0151", "0151")],
)
def test_a_number_that_was_kept_as_text_loses_the_mark_of_it(tmp_path: Path, cell: str, number: str) -> None:
    feed = csv_feed(tmp_path, f"{HEADER}R-1,set,4711,{cell},'t Hart\n")
    assert (feed.requests[0].body["phoneNumber"], feed.requests[0].body["reason"]) == (number, "'t Hart")


def test_a_number_that_a_spreadsheet_has_spoilt_goes_to_the_function_and_is_pointed_out(tmp_path: Path) -> None:
    feed = csv_feed(tmp_path, f'{HEADER}R-1,set,4711,"4,91512E+12",\nR-2,set,1.1E+5,0151,\nR-3,set,4711,0151,\n')
    assert feed.requests[0].body["phoneNumber"] == "4,91512E+12"
    assert feed.spoilt_by_a_spreadsheet == (2, 3)


def test_words_of_the_contract_may_be_capitalized_and_padded_but_what_people_write_stays(tmp_path: Path) -> None:
    text = "operation,employeeId,phoneType,phoneNumber\nSet\u00a0, 4711 ,ALTERNATEMOBILE, 0151\u00a02 \n"
    body = csv_feed(tmp_path, text).requests[0].body
    assert (body["operation"], body["user"], body["phoneType"]) == ("set", {"employeeId": "4711"}, "alternateMobile")
    assert body["phoneNumber"] == " 0151\u00a02 "


def test_empty_cells_too_many_are_nothing_and_cells_too_few_are_a_fault(tmp_path: Path) -> None:
    feed = csv_feed(tmp_path, f"{HEADER}R-1,set,1,0151,,,,\nR-2,set,1\nR-3,set,1,0151,why,more\n")
    assert lines(feed) == [2]
    assert told(feed) == {
        3: "it has 3 cells where the header has 5",
        4: "it has 6 cells where the header has 5",
    }


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_quotation_mark_that_is_never_closed_costs_its_own_row_only(tmp_path: Path, ending: str) -> None:
    rows = ['R-1,set,1,0151,"moved', "R-2,set,2,0152,ok", "R-3,set,3,0153,ok"]
    feed = csv_feed(tmp_path, HEADER.rstrip() + ending + ending.join(rows))
    assert lines(feed) == [3, 4]
    assert told(feed) == {2: "a quotation mark opens in it that is never closed"}


def test_a_quotation_mark_that_a_later_row_closes_swallows_no_row(tmp_path: Path) -> None:
    rows = ['R-1,set,1,0151,"moved', "R-2,set,2,0152,ok", 'R-3,set,3,0153,gone"', 'R-4,set,4,0154,"a ""b"" c"']
    feed = csv_feed(tmp_path, HEADER + "\n".join(rows))
    assert lines(feed) == [3, 4, 5]
    assert list(told(feed)) == [2]


def test_a_cell_may_hold_lines_that_are_no_rows(tmp_path: Path) -> None:
    feed = csv_feed(tmp_path, f'{HEADER}R-1,set,1,0151,"one, two\n\nthree, ""four"""\nR-2,set,2,0152,"x" ,\n')
    assert feed.requests[0].body["reason"] == 'one, two\n\nthree, "four"'
    assert (lines(feed), feed.faults) == ([2, 5], ())


def test_one_broken_row_does_not_change_the_encoding_of_all_others(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    csv_feed(tmp_path, f"{HEADER}R-1,set,1,0151,Köln\nR-2,set,2,0152,XX\nR-3,set,3,0153,Łódź\n")
    path.write_bytes(path.read_bytes().replace(b"XX", b"\xff\xfe"))
    feed = read_feed(path, NOW)
    assert [request.body["reason"] for request in feed.requests] == ["Köln", "Łódź"]
    assert told(feed) == {3: "it holds bytes that are no text"}


def test_a_cell_that_no_message_could_hold_is_a_fault_of_its_row(tmp_path: Path) -> None:
    feed = csv_feed(tmp_path, f"{HEADER}R-1,set,1,0151,{'x' * 200_000}\nR-2,set,2,0152,ok\n")
    assert lines(feed) == [3]
    assert told(feed)[2].startswith("it is no CSV: field larger")


def test_a_long_feed_is_read_in_no_time(tmp_path: Path) -> None:
    """Every row, the broken ones too: reading must not grow with the square of the rows."""
    rows = (f"R-{n},set,{n},0151 {n:07d},{'"open' if n % 50 == 0 else ''}" for n in range(5000))
    feed = csv_feed(tmp_path, HEADER + "\n".join(rows))
    assert (len(feed.requests), len(feed.faults)) == (4900, 100)
