"""The picture of a trace: one bar for each span, words for what the colours say, the same bytes each time."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from local.telemetry.__main__ import main
from local.telemetry.file_names import SPANS
from tests.unit.telemetry_files.conftest import line, request, span

_SVG = "{http://www.w3.org/2000/svg}"


def picture(folder: Path) -> str:
    out = folder / "trace.svg"
    assert main(["draw", str(folder), "--request", "R-1", "--out", str(out)]) == 0
    return out.read_text(encoding="utf-8")


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in ET.fromstring(svg).iter(f"{_SVG}text")]  # noqa: S314 - our own


def test_every_span_has_its_name_and_what_came_of_it(folder: Path) -> None:
    said = texts(picture(folder))
    assert said[0] == "Request R-1: changed (replaced)"
    assert said[1] == "6 spans in 62.00 s, 1 of them calls of Microsoft Graph"
    rows = said[said.index("send phone-changes") :]
    assert list(zip(rows[0:12:2], rows[1:12:2], strict=True)) == [
        ("send phone-changes", "100 ms"),
        ("process phone-changes", "put off 60 s: directory_throttled · 800 ms"),
        ("GET /users/{id}", "429 · 200 ms"),
        ("send phone-changes", "300 ms"),
        ("process phone-changes", "changed: replaced · 1.00 s"),
        ("mfaphone.write", "ReadError · 300 ms"),
    ]


def test_a_long_wait_is_folded_with_its_length(folder: Path) -> None:
    assert "waits 60.00 s" in texts(picture(folder))


def test_what_failed_differs_by_more_than_its_colour(folder: Path) -> None:
    svg = picture(folder)
    assert len(re.findall(r'class="end bad"', svg)) == len(re.findall(r'<rect class="failed"', svg)) == 2
    assert "429 · 200 ms, failed." in svg


def test_it_is_for_eyes_ears_light_and_dark(folder: Path) -> None:
    root = ET.fromstring(picture(folder))  # noqa: S314 - our own
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title facts")
    ids = {element.get("id"): element for element in root}
    assert ids["title"].text == "Request R-1: changed (replaced)"
    assert (ids["facts"].text or "").startswith("6 spans in 62.00 s")
    assert "prefers-color-scheme: dark" in ET.tostring(root, encoding="unicode")


def test_the_same_files_give_the_same_bytes_and_nothing_is_loaded_from_anywhere(folder: Path) -> None:
    svg = picture(folder)
    assert picture(folder) == svg
    assert re.findall(r"(?:href|src|url\()[^>]*", svg) == []
    assert re.findall(r"https?://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]


def test_what_others_wrote_stays_text(tmp_path: Path) -> None:
    hostile = {"mfaphone.outcome": "<script>", "mfaphone.code": '"&'}
    (tmp_path / SPANS).write_text(line("x", span("a", "process <b>", attributes=request() | hostile)))
    svg = picture(tmp_path)
    assert "<script>" not in svg
    assert 'Request R-1: <script> ("&)' in texts(svg)


def test_a_name_that_is_too_long_is_shortened(tmp_path: Path) -> None:
    (tmp_path / SPANS).write_text(line("x", span("a", "n" * 200, attributes=request())))
    assert max(map(len, texts(picture(tmp_path)))) < 80


def test_a_span_too_short_to_see_is_seen_and_inside_the_picture(tmp_path: Path) -> None:
    spans = [
        span("a", "process phone-changes", kind=5, at=(0, 1), attributes=request()),
        span("b", "mfaphone.complete", parent="a", at=(1, 1)),
    ]
    (tmp_path / SPANS).write_text(line("x", *spans))
    svg = picture(tmp_path)
    (left, width) = re.findall(r'class="step" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)[0]
    assert (float(left), float(width)) == (622.0, 2.0)
    assert "< 1 ms" in texts(svg)
