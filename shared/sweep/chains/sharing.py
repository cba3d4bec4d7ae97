"""Finds the numbers that several people have: a share of all numbers' hashes a step."""

from collections import defaultdict

from shared.compliance.finding import Finding
from shared.compliance.holder import Holder
from shared.compliance.sharing import newly_told, shared_findings
from shared.compliance.tally import Tally
from shared.sweep import sources
from shared.sweep.chains.judging import share_in_turn
from shared.sweep.findings_files import write_findings
from shared.sweep.kinds import HOLDERS
from shared.sweep.stepping import Step, Stepped
from shared.sweep.work_file import Share


async def sharing(step: Step) -> Stepped:
    """Looks through one share of the numbers."""
    share, standards = await share_in_turn(step), step.standards()
    by_number = await _holders(step, share)
    tally, findings = Tally(), list[Finding]()
    for _, holders in sorted(by_number.items()):
        told = shared_findings(holders, standards)
        tally.add_findings(told, newly_told(holders, told))
        findings += told
    files, run_id, number = step.ports.files, step.run.run_id, f"{step.state.step:05}"
    await write_findings(files, run_id, f"shared-{number}", findings)
    await files.write(run_id, f"tallies/shared-{number}", tally.to_json())
    return Stepped(done=share.number + 1 >= share.of)


async def _holders(step: Step, share: Share) -> dict[str, list[Holder]]:
    found: defaultdict[str, list[Holder]] = defaultdict(list)
    async for holder in sources.stretches(step.ports.files, step.run.run_id, "holders/", HOLDERS, share):
        found[holder.number_hash].append(holder)
    return found
