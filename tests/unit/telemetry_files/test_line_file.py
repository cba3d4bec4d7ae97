"""Several processes append lines to one file, and a full disk breaks nobody's work."""

import logging
import os
from pathlib import Path

import pytest

from local.telemetry.line_file import line_file

LONG = "x" * 100_000


def test_lines_of_two_writers_never_mix_however_long_they_are(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    with line_file(path) as one, line_file(path) as other:
        for _ in range(5):
            one.write(f"{LONG}\n")
            other.write("short\n")
    assert path.read_text().split() == [LONG, "short"] * 5


def test_what_was_there_before_stays(tmp_path: Path) -> None:
    for text in ("first\n", "second\n"):
        with line_file(tmp_path / "lines") as file:
            file.write(text)
    assert (tmp_path / "lines").read_text() == "first\nsecond\n"


def test_a_full_disk_breaks_nothing_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), line_file(Path("/dev/full")) as file:
        for _ in range(3):
            file.write("lost\n")
            file.flush()
    assert [record.getMessage() for record in caplog.records] == [
        "/dev/full takes no more telemetry: No space left on device"
    ]


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lines"
    whole, left = os.write, [3]

    def cut(file: int, text: bytes) -> int:
        return whole(file, text[: left.pop()] if left else text)

    with line_file(path) as file:
        monkeypatch.setattr("local.telemetry.line_file.os.write", cut)
        file.write("cut off\n")
        file.write("whole\n")
        monkeypatch.undo()
    assert path.read_text() == "cut\nwhole\n"
