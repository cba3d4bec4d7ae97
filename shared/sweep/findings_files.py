"""The files with a run's findings: a file per place in the order and share, so that their names lead in order."""

from collections.abc import AsyncIterator, Iterable

from shared.compliance.finding import Finding
from shared.sweep.kinds import FINDINGS
from shared.sweep.ordering import ORDERS, by_order
from shared.sweep.ports import WorkFiles

_FOLDER = "findings/"


async def write_findings(files: WorkFiles, run_id: str, name: str, findings: Iterable[Finding]) -> None:
    """Writes what a step found. Empty files as well: a step that is done again may find less than before."""
    groups = by_order(findings)
    for order in ORDERS:
        await files.write(run_id, f"{_FOLDER}{order:02}-{name}", FINDINGS.packed(groups.get(order, ())))


async def findings_in_order(files: WorkFiles, run_id: str) -> AsyncIterator[tuple[Finding, ...]]:
    """Walks all findings, the gravest first, a file at a time."""
    async for name in files.names(run_id, _FOLDER):
        yield tuple(FINDINGS.whole(await files.read(run_id, name)))
