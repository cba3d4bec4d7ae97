"""Ends a run: its figures stay for later runs, what it worked with goes."""

import logging

from shared.messages.sweep_event import sweep_finished_event
from shared.notify.once import Deliveries
from shared.sweep.chains.publishing import published_of
from shared.sweep.parts import SweepParts
from shared.sweep.summing import nothing_known, past_run
from shared.sweep.words import Run
from shared.sweep_report.metrics import record_given_up

_LOG = logging.getLogger(__name__)


async def give_up(parts: SweepParts, run: Run) -> None:
    """Ends a run that came to no end, and tells of it: nobody may take silence for a good day."""
    told = f"The run came to no end, and was given up: what stopped it stands in the log ({run.run_id})."
    summary = nothing_known(parts, run, told)
    deliveries, key = Deliveries(parts.ports.mails), f"sweep:{run.run_id}:given-up"
    event = sweep_finished_event(summary, "", parts.options.event_source)
    await deliveries.once(key, "event topic", lambda: parts.ports.events.publish(event))
    await parts.ports.runs.end(run, None)
    record_given_up()


async def end_run(parts: SweepParts, run: Run) -> None:
    """Notes the figures, then deletes the work files; once more does no harm."""
    published = await published_of(parts.ports, run)
    await parts.ports.runs.end(run, past_run(published.summary))
    await parts.ports.files.delete_run(run.run_id)
    _LOG.info("Sweep %s is done.", run.run_id)
