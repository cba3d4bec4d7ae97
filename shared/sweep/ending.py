"""Ends a run: its figures stay for later runs, what it worked with goes."""

import logging

from shared.sweep.chains.publishing import published_of
from shared.sweep.parts import SweepParts
from shared.sweep.summing import past_run
from shared.sweep.words import Run

_LOG = logging.getLogger(__name__)


async def end_run(parts: SweepParts, run: Run) -> None:
    """Notes the figures, then deletes the work files; once more does no harm."""
    published = await published_of(parts.ports, run)
    await parts.ports.runs.end(run, past_run(published.summary))
    await parts.ports.files.delete_run(run.run_id)
    _LOG.info("Sweep %s is done.", run.run_id)
