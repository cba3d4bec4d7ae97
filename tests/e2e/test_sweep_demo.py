"""A small tenant is swept through the whole stack: what was planted is found, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import sweep as benchmark
from local.sweep_demo.folder import SweepFolder

ROOT = Path(__file__).parent.parent.parent
PEOPLE = 120

pytestmark = pytest.mark.e2e


def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.sweep_demo", "--people", str(PEOPLE), "--folder", str(folder), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)  # noqa: S603 - our own program


def test_the_demo_finds_what_was_planted_and_writes_the_report(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path / "demo")
    ended = demo(folder.path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "and no other" in ended.stdout
    assert ended.stderr == ""
    summary = json.loads((folder.path / "summary.json").read_text(encoding="utf-8"))
    assert summary["complete"]
    assert len(summary["history"]) == 9
    assert len(list(folder.mail.glob("*.eml"))) == 1
    assert_no_number_is_clear(folder)


def assert_no_number_is_clear(folder: SweepFolder) -> None:
    """Searches every file of the report, and the logs, for the numbers of the tenant."""
    tenant = json.loads(folder.tenant.read_text(encoding="utf-8"))
    numbers = [phone["phoneNumber"] for user in tenant["users"] for phone in user.get("phoneMethods", ())]
    digits = {"".join(sign for sign in number if sign.isdigit())[-8:] for number in numbers} - {""}
    assert len(digits) > PEOPLE // 4
    told = [folder.path / name for name in ("report.html", "findings.csv", "findings.jsonl", "summary.json")]
    for file in [*told, *(folder.path / "logs").glob("*.log"), *folder.mail.glob("*.eml")]:
        text = file.read_text(encoding="utf-8", errors="replace")
        assert [number for number in digits if number in text] == [], file


@pytest.mark.long
def test_without_a_licence_the_demo_finds_what_can_be_known(tmp_path: Path) -> None:
    ended = demo(tmp_path / "demo", "--no-licence")
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.long
def test_a_run_whose_host_is_killed_again_and_again_tells_the_same(tmp_path: Path) -> None:
    assert benchmark.main(["--users", "1000", "--kills", "5", "--reads", "4000", "--folder", str(tmp_path)]) == 0
