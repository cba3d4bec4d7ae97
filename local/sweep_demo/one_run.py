"""One run of the sweep in the Functions host, as an operator sees it: start it, watch it, fetch its report."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from local.serving import CannotStartError
from local.sweep_demo.environment import environment
from shared.command_parts import command_configuration, sweep_desk_of
from shared.errors import TransientError
from shared.sweep.desk import SweepDesk
from shared.sweep.told_status import SweepStatus
from shared.sweep.words import Run

# How long nothing may move before the run counts as stuck: longer than a lost message is waited for.
PATIENCE_SECONDS: Final = 900.0
_LOOK_AGAIN: Final = 0.25
# Steps that the host does take a second, and the id of a run is its minute.
_NEXT_MINUTE: Final = 61.0


class StuckError(Exception):
    """A run came to no end; the message is one plain sentence."""


@asynccontextmanager
async def desk_of(settings: Mapping[str, str]) -> AsyncIterator[SweepDesk]:
    """Gives what an operator has of the sweep in a running stack."""
    with environment(settings):
        told = command_configuration()
    async with sweep_desk_of(told) as desk:
        yield desk


async def started(desk: SweepDesk) -> Run:
    """Starts a run; one that began in this very minute is waited for. Raises CannotStartError."""
    until = time.monotonic() + _NEXT_MINUTE
    while time.monotonic() < until:
        if run := await desk.start():
            return run
        await asyncio.sleep(_LOOK_AGAIN)
    message = "No run can be started: another one is under way."
    raise CannotStartError(message)


async def until_done(
    desk: SweepDesk, run: Run, seen: Callable[[SweepStatus], None], patience: float = PATIENCE_SECONDS
) -> None:
    """Watches a run to its end. Raises StuckError where nothing moves for too long."""
    last: object = None
    since = time.monotonic()
    while True:
        status = await _status(desk)
        if status is not None:
            seen(status)
            if status.run is None or status.run.run_id != run.run_id or status.run.finished_at:
                return
            steps = tuple((state.chain, state.step, state.done, state.counts) for state in status.chains)
            if steps != last:
                last, since = steps, time.monotonic()
        if time.monotonic() - since > patience:
            message = f"Sweep {run.run_id} has not moved for {patience:.0f} s."
            raise StuckError(message)
        await asyncio.sleep(_LOOK_AGAIN)


async def fetched(desk: SweepDesk, run: Run, folder: Path) -> tuple[Path, ...]:
    """Fetches the files of a run's report into a folder, and gives where they are."""
    found = await desk.reported(run.run_id)
    files = []
    for name in found[1] if found else ():
        path = folder / name
        with path.open("wb") as file:
            async for part in desk.reports.read(run.run_id, name):
                file.write(part)
        files.append(path)
    return tuple(files)


async def _status(desk: SweepDesk) -> SweepStatus | None:
    """Gives how far the run is; None where storage is too busy with the run itself to say."""
    try:
        return await desk.status()
    except TransientError:
        return None
