"""How the demo ends where it cannot go on: with a sentence, and with nothing left running."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.test_demo import ROOT, RUN_SECONDS, demo

pytestmark = [pytest.mark.e2e]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--feed", "nowhere.csv"], "The feed nowhere.csv cannot be read: No such file or directory."),
        (["--feed", "README.md"], "The feed README.md is neither .csv nor .jsonl;"),
        (["--feed", "docs"], "The feed docs is neither .csv nor .jsonl;"),
        (["--tenant", "nowhere.json"], "nowhere.json"),
        (["--tenant", "pyproject.toml"], "pyproject.toml"),
        (["--policy", "nowhere.json"], "The policy file nowhere.json cannot be read: No such file or directory."),
        (["--policy", "host.json"], "The policy file host.json has"),
        (["--approve"], "--approve is for a feed or a tenant of your own"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence_before_anything_starts(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    answer = demo(tmp_path / "out", *arguments)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "out" / "logs").exists()


def test_a_stack_that_cannot_start_says_why_and_leaves_nothing_running(tmp_path: Path) -> None:
    """Here a setting is wrong that only the function app itself can judge."""
    environment = {**os.environ, "GRAPH_TIMEOUT_SECONDS": "999"}
    answer = subprocess.run(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-m", "local.demo", "--folder", str(tmp_path / "out")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        env=environment,
        check=False,
    )
    assert answer.returncode == 2
    assert "GRAPH_TIMEOUT_SECONDS" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert processes_of(tmp_path) == []


def test_a_missing_node_is_told_in_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.demo", "--folder", str(tmp_path / "out")]
    answer = subprocess.run(  # noqa: S603 - our own interpreter and our own code
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        env={**os.environ, "PATH": str(tmp_path)},
        check=False,
    )
    assert answer.returncode == 2
    assert "Node was not found" in answer.stderr
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_stopped_leaves_nothing_running(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path) as running:
        running.send_signal(number)
        _, told = running.communicate(timeout=RUN_SECONDS)
    assert running.returncode == 130
    assert told == "Stopped; nothing is left running.\n"
    assert processes_of(tmp_path) == []


def test_a_program_that_is_killed_in_the_middle_ends_the_demo_with_its_name(tmp_path: Path) -> None:
    with started(tmp_path) as running:
        (graph,) = (process for process, command in processes_of(tmp_path) if "local.graph" in command)
        os.kill(graph, signal.SIGKILL)
        _, told = running.communicate(timeout=RUN_SECONDS)
    assert running.returncode == 1
    assert told.startswith("The demo stopped: graph ended with SIGKILL in the middle of the work; its log is ")
    assert told.count("\n") == 1
    assert processes_of(tmp_path) == []


@contextmanager
def started(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Starts a demo and waits until its requests are on their way, and one of them is held."""
    command = [sys.executable, "-u", "-m", "local.demo", "--folder", str(tmp_path / "out")]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert any(" is held: " in line for line in running.stdout)
        yield running


def processes_of(folder: Path) -> list[tuple[int, str]]:
    """Gives the ids and command lines of processes that were started for a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command:
            found.append((int(entry.parent.name), command))
    return found
