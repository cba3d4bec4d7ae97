"""What a person's command does with sweeps: look at them, start one, fetch a report."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from shared.errors import LedgerConflictError
from shared.ports import Clock
from shared.sweep.ports import RunLog, StepQueue, WorkFiles
from shared.sweep.told_status import SweepStatus
from shared.sweep.words import GATHERING, ChainState, Run, StepMessage, run_id_of

LATEST = "latest"


class ReportShelf(Protocol):
    """Where reports are read."""

    async def runs(self) -> tuple[str, ...]:
        """Gives the ids of the runs that have reports, the oldest first."""
        ...

    async def names(self, run_id: str) -> tuple[str, ...]:
        """Gives the names of a run's files, in order."""
        ...

    def read(self, run_id: str, name: str) -> AsyncIterator[bytes]:
        """Reads a file, part by part. Raises FileNotFoundError."""
        ...


@dataclass(frozen=True, slots=True)
class SweepDesk:
    """Looks at sweeps and starts them by hand, with the words of the app and none of its rights in Graph."""

    clock: Clock
    runs: RunLog
    queue: StepQueue
    files: WorkFiles
    reports: ReportShelf
    policy_version: str

    async def status(self) -> SweepStatus:
        """Gives how far the newest run is. Raises TransientError."""
        run, history = await self.runs.current(), await self.runs.history()
        return SweepStatus(run, await self.runs.chains(run.run_id) if run else (), history)

    async def start(self) -> Run | None:
        """Starts a run, unless one is under way or began in this minute. Raises TransientError.

        The app does the steps that are sent here; where not all could be sent, it sends the others within minutes.
        """
        now, last = self.clock.now(), await self.runs.current()
        if last and (last.finished_at is None or last.run_id == run_id_of(now)):
            return None
        if last:
            # A run that was given up has left its chains and files.
            await self.runs.forget(last.run_id)
            await self.files.delete_run(last.run_id)
        try:
            run = await self.runs.begin(Run(run_id_of(now), now, self.policy_version))
        except LedgerConflictError:
            return None
        for chain in GATHERING:
            state = await self.runs.open(ChainState(run.run_id, chain, changed_at=now))
            await self.queue.send(StepMessage(run_id=run.run_id, chain=chain, step=state.step))
        return run

    async def reported(self, run: str) -> tuple[str, tuple[str, ...]] | None:
        """Finds a run's report, the newest one by `latest`: its id and its files. Raises TransientError."""
        runs = await self.reports.runs()
        run_id = runs[-1] if run == LATEST and runs else run
        return (run_id, await self.reports.names(run_id)) if run_id in runs else None
