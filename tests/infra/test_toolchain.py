"""A fresh machine: Python is found wherever it is, or it is said in one sentence that it is not."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPT = ROOT / "scripts" / "find_python.sh"
PYTHON = Path(sys.executable).resolve()
MAKE = shutil.which("make") or "make"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A PATH with nothing but what a shell script needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "dirname", "env"):
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    return folder


def find(path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    bare_environment = {"PATH": str(path), "HOME": str(path.parent / "home"), **environment}
    return subprocess.run(  # noqa: S603 - our own script
        [str(path / "sh"), str(SCRIPT)], env=bare_environment, capture_output=True, text=True, check=False
    )


def shim(path: Path, name: str, content: str) -> None:
    (path / name).write_text(f"#!/bin/sh\n{content}\n", encoding="utf-8")
    (path / name).chmod(0o755)


def test_a_python_on_the_path_is_found(bare: Path) -> None:
    shim(bare, "python3.13", f'exec "{PYTHON}" "$@"')
    assert find(bare).stdout.strip() == str(bare / "python3.13")


def test_a_shim_that_fails_is_passed_over_and_pyenvs_versions_are_looked_at(bare: Path, tmp_path: Path) -> None:
    """The shim of pyenv exists and fails where another version is selected."""
    shim(bare, "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    version = tmp_path / "pyenv" / "versions" / "3.13.0" / "bin"
    version.mkdir(parents=True)
    shim(version, "python3.13", f'exec "{PYTHON}" "$@"')
    assert find(bare, PYENV_ROOT=str(tmp_path / "pyenv")).stdout.strip() == str(version / "python3.13")


def test_uv_is_asked_where_no_python_is_found(bare: Path, tmp_path: Path) -> None:
    installed = tmp_path / "uv-python"
    shim(tmp_path, "uv-python", f'exec "{PYTHON}" "$@"')
    there = tmp_path / "there"
    shim(bare, "uv", f'case "$1 $2" in "python find") [ -f "{there}" ] && echo "{installed}";; *) : > "{there}";; esac')
    assert find(bare).stdout.strip() == str(installed)


def test_that_there_is_none_is_said_in_one_sentence(bare: Path) -> None:
    answer = find(bare)
    if answer.returncode == 0:
        pytest.skip("this machine has a Python 3.13 at a place that is always looked at")
    assert answer.returncode == 1
    assert answer.stderr.strip().startswith("Python 3.13 was not found and uv could not install it")
    assert len(answer.stderr.strip().splitlines()) == 1


def test_a_python_that_is_named_and_does_not_run_is_not_silently_replaced(bare: Path) -> None:
    shim(bare, "python3.13", f'exec "{PYTHON}" "$@"')
    answer = find(bare, PYTHON313="/nowhere/python")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "/nowhere/python" in answer.stderr


def test_make_help_lists_every_target_with_a_line() -> None:
    command = [MAKE, "--no-print-directory", "help"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - make
    targets = {line.split()[1] for line in answer.stdout.splitlines()}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:"))
    assert targets == set(phony.split()[1:])


def test_what_runs_in_azure_is_pinned_to_the_version() -> None:
    lines = [
        line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines() if line[:1].isalpha()
    ]
    assert len(lines) > 20
    assert [line for line in lines if "==" not in line] == []


def test_no_lock_file_names_a_registry() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "package-lock.json"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "index-url" not in text, name
        assert re.search(r"\bregistry\.", text) is None, name
        assert '"resolved"' not in text, name


def test_set_up_does_nothing_where_everything_is_there() -> None:
    stamp = ROOT / ".venv" / ".stamp"
    before = stamp.stat().st_mtime_ns
    subprocess.run([MAKE, "setup"], cwd=ROOT, env=dict(os.environ), check=True)  # noqa: S603 - make
    assert stamp.stat().st_mtime_ns == before
