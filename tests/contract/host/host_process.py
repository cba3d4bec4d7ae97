"""A function app in a host process of its own, whose functions note in a file what they see."""

import asyncio
import json
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
APPS = Path(__file__).parent / "apps"
# Generous: two slow cores share several of these processes.
SECONDS_TO_WAIT = 45.0

Record = Mapping[str, Any]


class HostProcess:
    """A host that runs."""

    def __init__(self, process: asyncio.subprocess.Process, directory: Path, ready: str) -> None:
        self.process = process
        self.ready = ready
        self.directory = directory

    def log(self) -> str:
        """Reads what the host has said on stderr."""
        return (self.directory / "stderr").read_text()

    def records(self, **wanted: object) -> list[Record]:
        """Reads what the functions have noted: the records that have all these values."""
        path = self.directory / "records"
        records = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [record for record in records if wanted.items() <= {**record}.items()] if wanted else records

    async def wait_for(self, count: int = 1, **wanted: object) -> list[Record]:
        """Waits until the functions have noted that many records with these values."""
        await self.until(lambda: len(self.records(**wanted)) >= count, f"{count} of {wanted}")
        return self.records(**wanted)

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Waits for a condition, and says what was waited for when it does not come."""
        deadline = time.monotonic() + SECONDS_TO_WAIT
        while not condition():
            assert time.monotonic() < deadline, f"no {what}; the host said:\n{self.log()}"
            assert self.process.returncode is None, f"the host has ended:\n{self.log()}"
            await asyncio.sleep(0.05)

    async def stop(self) -> int:
        """Tells the host to stop, and gives its exit status."""
        if self.process.returncode is None:
            self.process.terminate()
        async with asyncio.timeout(SECONDS_TO_WAIT):
            return await self.process.wait()


@asynccontextmanager
async def running_app(
    app: str, directory: Path, host_json: Mapping[str, object], **settings: str
) -> AsyncIterator[HostProcess]:
    """Runs one of the apps beside this file in a host, whose settings file and host.json are made for it."""
    await asyncio.to_thread(_lay_out, app, directory, host_json, settings)
    with (directory / "stderr").open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "local.host",
            "--app",
            str(directory),
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            cwd=ROOT,
        )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(SECONDS_TO_WAIT):
            ready = (await process.stdout.readline()).decode()
        host = HostProcess(process, directory, ready.rstrip())
        assert ready, f"the host did not start:\n{host.log()}"
        yield host
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _lay_out(app: str, directory: Path, host_json: Mapping[str, object], settings: Mapping[str, str]) -> None:
    shutil.copy(APPS / f"{app}.py", directory / "function_app.py")
    (directory / "host.json").write_text(json.dumps({"version": "2.0", **host_json}))
    values = {"RECORDS": str(directory / "records"), **settings}
    (directory / "local.settings.json").write_text(json.dumps({"IsEncrypted": False, "Values": values}))
