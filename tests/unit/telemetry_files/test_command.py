"""What `python -m local.telemetry` answers."""

from pathlib import Path

import pytest

from local.telemetry.__main__ import main


def test_a_list_has_a_line_for_each_trace_of_a_request(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", str(folder)]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["request", "outcome", "took", "spans", "Graph", "calls", "trace"]
    assert [row.split() for row in rows] == [
        ["R-1", "changed", "(replaced)", "62.00", "s", "6", "1", "0af7651916cd43dd8448eb211c80319c"]
    ]


@pytest.mark.parametrize(
    ("request_id", "out", "sentence"),
    [
        ("R-2", "trace.svg", "There is no trace of the request R-2; `list` tells those that there are."),
        ("R-1", "nowhere/trace.svg", "cannot be written: No such file or directory."),
    ],
)
def test_what_cannot_be_drawn_is_told_in_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], request_id: str, out: str, sentence: str
) -> None:
    assert main(["draw", str(folder), "--request", request_id, "--out", str(folder / out)]) == 2
    assert sentence in capsys.readouterr().err
    assert not (folder / out).exists()


def test_a_folder_that_is_none_is_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith("There are no spans: ")
