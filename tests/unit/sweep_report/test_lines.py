"""The files beside the page: CSV that no spreadsheet calculates, and JSON Lines."""

import csv
import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import validate

from shared.compliance.catalogue import CATALOGUE
from shared.compliance.finding import ComplianceCode, Finding, Severity, Source, Verdict
from shared.sweep_report import csv_lines, json_lines
from shared.sweep_report.csv_lines import COLUMNS, is_formula, safe
from shared.sweep_report.finding_line import FindingLine
from tests.unit.sweep_report.examples import example, finding

ROOT = Path(__file__).parent.parent.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "sweep-finding-1.0.json"
FREE_TEXT = ("evidence", "display_name", "department", "user_principal_name", "manager_name", "excused_by")
CALCULATED = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A1", "−1", "﹢1")


def rows(*findings: Finding) -> list[dict[str, str]]:
    """Reads the CSV as a program does."""
    text = b"".join(csv_lines.lines(findings)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def objects(*findings: Finding) -> list[dict[str, Any]]:
    return [json.loads(line) for line in json_lines.lines(findings)]


@pytest.mark.parametrize("text", CALCULATED)
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\u200b", "'", '"', "“", '" ', "(", "\x00"])
def test_what_a_spreadsheet_may_calculate_gets_an_apostrophe(before: str, text: str) -> None:
    assert safe(before + text) == f"'{unbroken(before + text)}"


def unbroken(text: str) -> str:
    """The text with blanks for breaks."""
    return "".join(" " if sign in "\t\r\n\v\f\x85\u2028\u2029" else sign for sign in text)


@pytest.mark.parametrize("text", ["\tAnna", "Anna\rBell", "Anna\r\nBell"])
def test_tabs_and_line_ends_become_blanks(text: str) -> None:
    assert safe(text) == unbroken(text)


@pytest.mark.parametrize(
    "text", ['Smith;=HYPERLINK("x")', "a\n=1+1", "x\t=cmd|1", "Bell, +1", "a|  -1", 'b;"=1', "c;＝1"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_cell_begins_a_formula_whatever_the_spreadsheets_separator_is(text: str, separator: str) -> None:
    written = b"".join(csv_lines.lines([finding(display_name=text)])).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator):
        assert [
            cell for cell in row if not cell.lstrip(' "').startswith("'") and cell.lstrip(' "')[:1] in set("=+-@＝")
        ] == []


@pytest.mark.parametrize(
    "text", ["", "Anna", "O'Neil", "O’Sullivan", "1-2", "a=b", "– Anna", "2026-11-26T01:00:00.000Z", "فاطمة"]
)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_a_masked_number_comes_out_safe_and_readable() -> None:
    assert safe("+49 *********89") == "'+49 *********89"
    assert safe("The only method is mobile +49 *********89.") == "The only method is mobile +49 *********89."


@given(st.text())
def test_every_cell_is_read_back_as_it_was_but_for_the_apostrophe_of_what_looks_like_a_formula(text: str) -> None:
    (row,) = rows(finding(display_name=text))
    clean = text.encode(errors="replace").decode()
    assert row["displayName"] == safe(clean)
    assert row["displayName"].replace("'", "") == unbroken(clean).replace("'", "")
    assert not is_formula(row["displayName"]) or row["displayName"].startswith("'")


@given(st.sampled_from(FREE_TEXT), st.text(), st.sampled_from("=+-@＝＋－＠"), st.text(alphabet=" \t\r\n'\"“”,;\u00a0"))
def test_no_free_text_of_any_column_begins_a_formula(field: str, text: str, sign: str, before: str) -> None:
    (row,) = rows(finding(**{field: f"{before}{sign}{text}"}))
    assert all(cell.startswith("'") or not is_formula(cell) for cell in row.values())
    assert sum(cell.startswith("'") for cell in row.values()) == 1


def test_the_file_begins_with_its_byte_order_mark_and_its_columns_and_ends_each_record_with_crlf() -> None:
    first, second = csv_lines.lines([finding()])
    assert first.decode("utf-8-sig") == ",".join(f'"{column}"' for column in COLUMNS) + "\r\n"
    assert first.startswith(b"\xef\xbb\xbf")
    assert second.endswith(b"\r\n")


def test_a_file_without_findings_has_its_header() -> None:
    assert len(list(csv_lines.lines([]))) == 1
    assert list(json_lines.lines([])) == []


def test_both_files_tell_the_same_of_every_finding() -> None:
    findings = example(300).findings
    for row, told in zip(rows(*findings), objects(*findings), strict=True):
        assert {name: told[name] for name in ("code", "userId", "displayName")} == {
            name: row[name] for name in ("code", "userId", "displayName")
        }
        assert row["controls"] == "; ".join(told["controls"])
        assert (row["asOf"] or None, row["phoneType"] or None) == (told["asOf"], told["phoneType"])


def test_a_line_is_the_golden_one_of_schema_1_0_and_fits_the_published_schema() -> None:
    (told,) = objects(finding(excused_by="night-shift"))
    assert told == json.loads(GOLDEN.read_text(encoding="utf-8"))
    schema = json.loads((ROOT / "docs" / "schemas" / "sweep-finding.schema.json").read_text(encoding="utf-8"))
    policy = Finding(ComplianceCode.EXCEPTION_EXPIRING, Verdict.VIOLATION, Severity.LOW, "x", source=Source.POLICY)
    for each in objects(*example(100).findings, policy):
        validate(each, schema)


def test_the_columns_are_the_fields_of_a_line_without_its_schema() -> None:
    fields = {field.alias for field in FindingLine.model_fields.values()} - {"schema"}
    assert set(COLUMNS) == fields


@pytest.mark.parametrize("code", ComplianceCode)
def test_a_line_has_its_rules_title_advice_and_controls(code: ComplianceCode) -> None:
    (told,) = objects(finding(code=code))
    entry = CATALOGUE[code]
    assert (told["title"], told["advice"]) == (entry.title, entry.advice)
    assert told["controls"] == [str(control) for control in entry.controls]


@given(st.text())
def test_a_json_line_is_one_line_whatever_stands_in_it(text: str) -> None:
    (line,) = json_lines.lines([finding(evidence=text)])
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert json.loads(line)["evidence"] == text.encode(errors="replace").decode()


def test_half_a_character_does_not_stop_the_files() -> None:
    broken = finding(display_name="A\ud800")
    assert rows(broken)[0]["displayName"] == "A?"
    assert objects(broken)[0]["displayName"] == "A?"


def test_lines_are_made_one_by_one() -> None:
    """A tenant's findings need not fit into memory."""
    taken: list[int] = []

    def counted() -> Any:
        for number in range(3):
            taken.append(number)
            yield finding()

    for module in (csv_lines, json_lines):
        taken.clear()
        seen = [len(taken) for _ in module.lines(counted())]
        assert all(later - earlier == 1 for earlier, later in pairwise(seen))
