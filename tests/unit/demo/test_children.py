"""A program that ends while it is needed is noticed at once, and named."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from local.children import Child, Program, ProgramEndedError
from local.stack import Stack

READY = re.compile("ready")


async def child(folder: Path, script: str) -> Child:
    program = Program("graph", [sys.executable, "-c", f"print('ready', flush=True); {script}"], READY, {})
    started, _ = await Child.start(program, folder)
    return started


def stack(folder: Path, *children: Child) -> Stack:
    return Stack("", "", "", {}, folder, folder, children)


@pytest.mark.parametrize(
    ("script", "how"),
    [("import os; os.kill(os.getpid(), 9)", "SIGKILL"), ("raise SystemExit(3)", "status 3"), ("", "status 0")],
)
async def test_work_ends_when_a_program_does_and_says_which_and_how(tmp_path: Path, script: str, how: str) -> None:
    fallen = await child(tmp_path, script)
    with pytest.raises(ProgramEndedError, match=f"graph ended with {how} in the middle of the work; its log is"):
        await stack(tmp_path, fallen).during(asyncio.sleep(60))
    await fallen.stop()


async def test_work_that_fails_because_a_program_ended_is_told_as_that(tmp_path: Path) -> None:
    """The connection breaks a moment before the process is gone."""
    fallen = await child(tmp_path, "import time; time.sleep(0.3)")

    async def work() -> None:
        raise ConnectionResetError

    with pytest.raises(ProgramEndedError):
        await stack(tmp_path, fallen).during(work())
    await fallen.stop()


async def test_work_that_fails_of_itself_fails_as_it_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.stack._END_SECONDS", 0.01)
    running = await child(tmp_path, "import time; time.sleep(60)")

    async def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await stack(tmp_path, running).during(work())
    await running.stop()


async def test_work_that_is_done_gives_its_answer_and_leaves_the_programs_running(tmp_path: Path) -> None:
    running = await child(tmp_path, "import time; time.sleep(60)")
    assert await stack(tmp_path, running).during(asyncio.sleep(0, "done")) == "done"
    assert running.process.returncode is None
    await running.stop()
