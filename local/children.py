"""Child processes of this machine's Azure: started together, logged to files, and never left behind."""

import asyncio
import ctypes
import os
import re
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, NoReturn
from urllib.parse import urlsplit

from local.serving import CannotStartError

_ROOT = Path(__file__).parent.parent
_START_SECONDS = 60.0
# Longer than the host gives its running invocations.
_STOP_SECONDS = 35.0
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, linux/prctl.h


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and what stands in its standard output, in one line or more, when it is ready."""

    name: str
    command: Sequence[str]
    ready: re.Pattern[str]
    environment: Mapping[str, str]
    # The options that say where it listens, if they are free ports at first, each with the group of `ready` that then
    # tells the URL.
    ports: Mapping[str, str] = field(default_factory=dict)

    def at(self, ready: re.Match[str]) -> "Program":
        """Gives the same program, listening on the ports that it told."""
        command = list(self.command)
        for option, group in self.ports.items():
            command[command.index(option) + 1] = str(urlsplit(ready[group]).port)
        return replace(self, command=command)


class ProgramEndedError(Exception):
    """A program ended while it was needed; the message is one plain sentence."""


class Child:
    """A running program."""

    def __init__(self, program: Program, process: asyncio.subprocess.Process, log: Path) -> None:
        self.program = program
        self.process = process
        self.log = log
        self._drain: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, program: Program, logs: Path) -> tuple["Child", re.Match[str]]:
        """Starts a program and waits until it is ready.

        Raises CannotStartError with the program's own words where it ends or stays silent instead.
        """
        logs.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - a local folder, once
        log = logs / f"{program.name}.log"
        child = cls(program, await _spawned(program, log, "wb"), log)
        ready = await child._until_ready()
        child.program = program.at(ready)
        return child, ready

    async def kill(self) -> None:
        """Ends the program as a crash does (SIGKILL)."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        await self.stop()

    async def restart(self) -> None:
        """Starts a program that has ended again, with the same arguments and on the same port.

        Raises CannotStartError as `start` does.
        """
        self.process = await _spawned(self.program, self.log, "ab")
        await self._until_ready()

    async def _until_ready(self) -> re.Match[str]:
        try:
            return await asyncio.wait_for(self._ready(), _START_SECONDS)
        except TimeoutError:
            await self.stop()
            message = f"{self.program.name} was not ready within {_START_SECONDS:.0f} s; its log is {self.log}."
            raise CannotStartError(message) from None
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Asks the program to end, and makes it where it does not."""
        if self.process.returncode is None:
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), _STOP_SECONDS)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        if self._drain is not None:
            await self._drain

    async def ended(self) -> NoReturn:
        """Waits until the program ends although nobody asked it to. Raises ProgramEndedError."""
        status = await self.process.wait()
        how = f"status {status}" if status >= 0 else signal.Signals(-status).name
        message = f"{self.program.name} ended with {how} in the middle of the work; its log is {self.log}."
        raise ProgramEndedError(message)

    async def _ready(self) -> re.Match[str]:
        assert self.process.stdout is not None  # noqa: S101 - it was asked for as a pipe
        told = ""
        while line := (await self.process.stdout.readline()).decode(errors="replace"):
            told += line
            if found := self.program.ready.search(told):
                self._drain = asyncio.create_task(self._keep_output())
                return found
        await self.process.wait()
        raise CannotStartError(self._last_words())

    async def _keep_output(self) -> None:
        assert self.process.stdout is not None  # noqa: S101 - it was asked for as a pipe
        with self.log.open("ab") as log:
            while line := await self.process.stdout.readline():
                log.write(line)

    def _last_words(self) -> str:
        text = self.log.read_text(errors="replace").strip()
        return text or f"{self.program.name} ended with status {self.process.returncode} and said nothing."


async def _spawned(program: Program, log: Path, mode: Literal["wb", "ab"]) -> asyncio.subprocess.Process:
    with log.open(mode) as stderr:
        return await asyncio.create_subprocess_exec(
            *program.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, **program.environment},
            cwd=_ROOT,
            preexec_fn=_die_with_parent,
            # Ctrl-C is for the parent, which stops its children in order.
            start_new_session=True,
        )


def _die_with_parent() -> None:
    """Asks Linux to end the child when its parent is killed; elsewhere only an orderly end takes it along."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)
