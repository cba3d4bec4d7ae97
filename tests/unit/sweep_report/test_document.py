"""What docs/sweep-report.md says of the files is what stands in them."""

import re
from pathlib import Path

from shared.sweep_report import csv_lines, json_lines, page
from shared.sweep_report.csv_lines import COLUMNS
from tests.unit.sweep_report.examples import example
from tests.unit.sweep_report.test_metrics import points, recorded

DOCS = Path(__file__).parent.parent.parent.parent / "docs"
TEXT = (DOCS / "sweep-report.md").read_text(encoding="utf-8")


def test_every_file_and_every_column_is_documented() -> None:
    for name in (page.FILE_NAME, csv_lines.FILE_NAME, json_lines.FILE_NAME, page.SUMMARY_NAME, *COLUMNS):
        assert f"`{name}`" in TEXT, name


def test_every_metric_is_documented_with_its_unit_and_attributes() -> None:
    rows = {
        name: (unit, set(re.findall(r"`(\w+)`", attributes)))
        for name, unit, attributes in re.findall(
            r"^\| `(mfaphone\.sweep\.\w+)` \| `(.+?)` \| (.+) \|$", TEXT, re.MULTILINE
        )
    }
    found = recorded(example(30).summary)
    assert set(rows) == set(found)
    for name, metric in found.items():
        attributes = {
            key.removeprefix("mfaphone.").removeprefix("sweep.") for point in points(metric) for key, _ in point
        }
        assert rows[name][0] == metric.unit
        assert attributes <= rows[name][1], name


def test_pictures_are_small() -> None:
    pictures = list(DOCS.glob("sweep-report*.png"))
    assert len(pictures) == 3
    assert max(picture.stat().st_size for picture in pictures) < 200_000
