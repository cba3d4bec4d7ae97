"""Runs a command of the product as a person runs it."""

import asyncio
import os
import sys
from pathlib import Path

from tests.unit.test_settings import GOOD

ROOT = Path(__file__).parent.parent.parent.parent


async def run_command(module: str, settings: dict[str, str], *arguments: str) -> tuple[int | None, str]:
    """Gives the exit status, and all that was printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        cwd=ROOT,
        env={**os.environ, **GOOD, **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()
