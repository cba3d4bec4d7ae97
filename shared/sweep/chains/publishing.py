"""Writes the report and its companions, then tells of them: event, mail, metrics."""

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import islice

from pydantic import BaseModel

from shared.compliance.finding import ComplianceCode, Finding
from shared.compliance.policy_findings import holding_on, policy_findings
from shared.compliance.summary import Summary
from shared.compliance.tally import Tally
from shared.errors import DirectoryRefusedError, LedgerConflictError
from shared.messages.sweep_event import sweep_finished_event
from shared.notify.mail import Mail
from shared.notify.once import Deliveries, despite_refusals
from shared.sweep.findings_files import findings_in_order, write_findings
from shared.sweep.parts import SweepPorts
from shared.sweep.stepping import Step, Stepped
from shared.sweep.summing import summary_of
from shared.sweep.words import Run
from shared.sweep_report import csv_lines, json_lines, metrics
from shared.sweep_report.page import CONTENT_TYPE, FILE_NAME, SUMMARY_NAME, page
from shared.sweep_report.summary_mail import summary_mail

_LOG = logging.getLogger(__name__)
# A page of some 5 MB, which phones still open; the rest stands in the files beside it.
MOST_ON_THE_PAGE = 20_000
PUBLISHED_FILE = "published.json"
_JSON = "application/json"
# Stands in the log where a mail's recipient does; an address it cannot be.
_TOPIC = "event topic"


class Published(BaseModel):
    """What the first step hands to the second: where the page is, and the figures."""

    url: str
    summary: Summary


async def publishing(step: Step) -> Stepped:
    """Writes the files in the first step, and tells of them in the second: what was told stays true."""
    if step.state.step == 0:
        text = (await _written(step)).model_dump_json(by_alias=True)
        await step.ports.files.write(step.run.run_id, PUBLISHED_FILE, text.encode())
        return Stepped()
    return Stepped(done=True, remarks=await _tell(step, await published_of(step.ports, step.run)))


async def published_of(ports: SweepPorts, run: Run) -> Published:
    """Gives what was published of a run. Raises FileNotFoundError where that is nothing yet."""
    return Published.model_validate_json(await ports.files.read(run.run_id, PUBLISHED_FILE))


async def _written(step: Step) -> Published:
    await _judge_policy(step)
    summary = await summary_of(step)
    await _write(step, csv_lines.FILE_NAME, csv_lines.CONTENT_TYPE, _lines(step, csv_lines.lines, headers=1))
    await _write(step, json_lines.FILE_NAME, json_lines.CONTENT_TYPE, _lines(step, json_lines.lines))
    await _write(step, SUMMARY_NAME, _JSON, _one(summary.model_dump_json(by_alias=True, indent=2)))
    first, left_out = await _first(step)
    return Published(
        url=await _write(step, FILE_NAME, CONTENT_TYPE, _one(page(summary, first, left_out))), summary=summary
    )


async def _judge_policy(step: Step) -> None:
    files, run_id, standards, tally = step.ports.files, step.run.run_id, step.standards(), Tally()
    findings = policy_findings(standards)
    tally.add_findings(findings)
    tally.add_compliant(ComplianceCode.EXCEPTION_EXPIRING, holding_on(standards))
    await write_findings(files, run_id, "policy", findings)
    await files.write(run_id, "tallies/policy", tally.to_json())


async def _write(step: Step, name: str, content_type: str, parts: AsyncIterator[bytes]) -> str:
    """Writes a file, unless another worker has done this step by now: its report may be told already."""
    state = await step.ports.runs.chain(step.run.run_id, step.state.chain)
    if state is None or state.etag != step.state.etag:
        raise LedgerConflictError
    return await step.ports.reports.write(step.run.run_id, name, content_type, parts)


async def _lines(
    step: Step, lines: Callable[[Iterable[Finding]], Iterator[bytes]], headers: int = 0
) -> AsyncIterator[bytes]:
    """Writes the findings a file at a time; the headers stand before the first alone."""
    yield b"".join(lines(()))
    async for findings in findings_in_order(step.ports.files, step.run.run_id):
        yield b"".join(islice(lines(findings), headers, None))


async def _one(text: str) -> AsyncIterator[bytes]:
    yield text.encode()


async def _first(step: Step) -> tuple[list[Finding], int]:
    """Gives the gravest findings, and how many there are beyond them."""
    first: list[Finding] = []
    left_out = 0
    async for findings in findings_in_order(step.ports.files, step.run.run_id):
        room = MOST_ON_THE_PAGE - len(first)
        first += findings[:room]
        left_out += max(0, len(findings) - room)
    return first, left_out


async def _tell(step: Step, published: Published) -> tuple[str, ...]:
    """Tells each once: what went out is noted, and copies of the event share their id. A refused mail is a remark."""
    ports = step.ports
    deliveries, key = Deliveries(ports.mails), f"sweep:{step.run.run_id}"
    event = sweep_finished_event(published.summary, published.url, step.parts.options.event_source)
    await deliveries.once(key, _TOPIC, lambda: ports.events.publish(event))
    told = await _mailed(step, deliveries, published)
    # Last: what is tried again because of a mail counts once.
    metrics.record(published.summary)
    return told


async def _mailed(step: Step, deliveries: Deliveries, published: Published) -> tuple[str, ...]:
    rules = step.parts.policy.rules
    mails = [summary_mail(published.summary, to, published.url) for to in rules.sweep.report_to]
    try:
        await despite_refusals(_send(step, deliveries, mail) for mail in mails)
    except DirectoryRefusedError as fault:
        _LOG.error("Sweep %s: a summary mail is refused: %s", step.run.run_id, fault)
        return (f"A summary mail was refused: {fault}",)
    return ()


async def _send(step: Step, deliveries: Deliveries, mail: Mail) -> None:
    await deliveries.once(mail.event_id, mail.to, lambda: step.ports.mail.send(mail))
