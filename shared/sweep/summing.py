"""Sums up a run: merges what its steps counted, and holds it against what policy asks for."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from shared.compliance.summary import Coverage, Effort, PastRun, Summary, TelephonyOutlook
from shared.compliance.tally import Tally
from shared.policy.model import Policy
from shared.sweep.parts import SweepParts
from shared.sweep.ports import WorkFiles
from shared.sweep.stepping import Step
from shared.sweep.words import Chain, ChainState, Run
from shared.sweep_report.figures import share

# So many departments, countries and managers stand in the summary; the others are counted together.
_MOST_GROUPS = 200

_NOT_BEGUN = ChainState("", Chain.EXPECTED)

type Chains = Mapping[Chain, ChainState]


async def summary_of(step: Step) -> Summary:
    """Sums up the run that the step belongs to, as of now."""
    chains = {state.chain: state for state in await step.ports.runs.chains(step.run.run_id)}
    tally = await merged_tally(step.ports.files, step.run.run_id)
    now, rules = step.ports.clock.now(), step.parts.policy.rules
    coverage = tally.coverage(rules.sweep.complete_share)
    gaps = tuple(_gaps(chains, coverage))
    summary = Summary(
        run_id=step.run.run_id,
        started_at=step.run.started_at,
        finished_at=now,
        policy_version=step.parts.policy.version,
        complete=not gaps,
        incomplete_because=gaps,
        remarks=tuple(_remarks(chains, step, coverage)),
        telephony=_outlook(rules, step.run),
        coverage=coverage,
        effort=_effort(chains, step.run, now),
        phone_only=tally.phone_only,
        no_method=tally.no_method,
        few_methods=tally.few_methods,
        people_with_violations=tally.people_with_violations,
        rules=tally.rule_counts(rules),
        departments=tally.departments.largest(_MOST_GROUPS),
        countries=tally.countries.largest(_MOST_GROUPS),
        managers=tally.managers.largest(_MOST_GROUPS),
    )
    earlier = [run for run in await step.ports.runs.history() if run.run_id != step.run.run_id]
    return summary.model_copy(update={"history": (*earlier, past_run(summary))})


def nothing_known(parts: SweepParts, run: Run, because: str) -> Summary:
    """Gives the figures of a run that came to none."""
    return Summary(
        run_id=run.run_id,
        started_at=run.started_at,
        finished_at=parts.ports.clock.now(),
        policy_version=run.policy_version,
        complete=False,
        incomplete_because=(because,),
        telephony=_outlook(parts.policy.rules, run),
        coverage=Coverage(needed_share=parts.policy.rules.sweep.complete_share),
        effort=Effort(),
        rules=(),
    )


def past_run(summary: Summary) -> PastRun:
    """Gives what later runs tell of this one."""
    return PastRun(
        run_id=summary.run_id,
        at=summary.started_at,
        complete=summary.complete,
        enabled=summary.coverage.enabled,
        phone_only=summary.phone_only,
        no_method=summary.no_method,
        violations=sum(rule.violations for rule in summary.rules),
    )


async def merged_tally(files: WorkFiles, run_id: str) -> Tally:
    """Gives what all shares of the people counted together."""
    tally = Tally()
    async for name in files.names(run_id, "tallies/"):
        tally.merge(Tally.from_json(await files.read(run_id, name)))
    return tally


def _gaps(chains: Chains, coverage: Coverage) -> Iterator[str]:
    """Says why the run is incomplete; how many people there are is known only where their list came to its end."""
    people = chains.get(Chain.PEOPLE)
    if people is None or not people.count("whole"):
        yield "The list of users was not read to its end, so nobody knows whom this report leaves out."
    if not chains.get(Chain.EXPECTED, _NOT_BEGUN).count("whole"):
        yield "What this product's changes left was not read to its end: a number that differs from it may be missing."
    strangers = _counted(chains, Chain.JUDGING, "strangers")
    if strangers > (1 - coverage.needed_share) * (coverage.people + strangers):
        yield f"The list of users lacks {strangers:,} people whom the registration report names."
    if coverage.share < coverage.needed_share:
        yield (
            f"The methods of {share(coverage.share)} of the people are known; policy asks for "
            f"{share(coverage.needed_share)} (sweep.completeShare)."
        )


def _remarks(chains: Chains, step: Step, coverage: Coverage) -> Iterator[str]:
    if step.parts.policy.version != step.run.policy_version:
        yield f"Policy changed during the run, from {step.run.policy_version} to {step.parts.policy.version}."
    told = (remark for chain in Chain if chain in chains for remark in chains[chain].remarks)
    yield from dict.fromkeys(told)
    if strangers := _counted(chains, Chain.JUDGING, "strangers"):
        why = "they are deleted by now, or the list left them out"
        yield f"{strangers:,} people of the registration report are not in the list of users: {why}."
    if coverage.unread:
        yield f"The methods of {coverage.unread:,} people were to be read one by one, and were not: they are unknown."


def _outlook(rules: Policy, run: Run) -> TelephonyOutlook:
    telephony = rules.telephony
    left = (telephony.retires_on - run.started_at.date()).days if telephony.mode == "microsoft" else None
    return TelephonyOutlook(mode=telephony.mode, retires_on=telephony.retires_on, days_left=left)


def _effort(chains: Chains, run: Run, now: datetime) -> Effort:
    return Effort(
        report_pages=_counted(chains, Chain.REGISTRATION, "pages"),
        user_pages=_counted(chains, Chain.PEOPLE, "pages"),
        method_reads=sum(_counted(chains, chain, "reads") for chain in chains),
        throttled=sum(_counted(chains, chain, "throttled") for chain in chains),
        seconds=(now - run.started_at).total_seconds(),
    )


def _counted(chains: Chains, chain: Chain, name: str) -> int:
    return chains[chain].count(name) if chain in chains else 0
