"""Joins what was gathered about a share of the people, reads what is still missing, and judges each of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.compliance.finding import Finding
from shared.compliance.holder import Holder
from shared.compliance.judging import judge
from shared.compliance.rows import Expected, MethodsRead, Person, ProtectedPerson, Reading, Registered
from shared.compliance.scope import in_scope, needs_reading
from shared.compliance.subject import Standards, Subject
from shared.compliance.tally import Tally
from shared.sweep import sources
from shared.sweep.chains.readings import read_paced
from shared.sweep.findings_files import write_findings
from shared.sweep.follow_up import FOLLOW_UPS, FollowUp, follow_up
from shared.sweep.kinds import EXPECTED, HOLDERS, PEOPLE, READINGS, REGISTERED
from shared.sweep.stepping import Step, Stepped
from shared.sweep.words import Chain
from shared.sweep.work_file import Share, shares_of

# So many people are in memory at once, some 60 MB with what belongs to them.
SHARE_SIZE = 20_000


@dataclass(slots=True)
class _Gathered:
    """All rows about the people of a share, by the user's id."""

    people: dict[str, Person] = field(default_factory=dict)
    registered: dict[str, Registered] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    expected: dict[str, tuple[Expected, ...]] = field(default_factory=dict)
    protected: dict[str, ProtectedPerson] = field(default_factory=dict)
    # Rows of the report about nobody in the list of users.
    strangers: int = 0

    def subject(self, key: str) -> Subject:
        return Subject(
            self.people[key],
            self.registered.get(key),
            self.readings.get(key),
            self.protected.get(key),
            self.expected.get(key, ()),
        )


@dataclass(slots=True)
class _Judged:
    """What a share comes to."""

    tally: Tally = field(default_factory=Tally)
    findings: list[Finding] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)


async def judging(step: Step) -> Stepped:
    """Judges one share."""
    share = await share_in_turn(step)
    standards = await _standards(step)
    gathered = await _gather(step, share)
    stepped = await _read_missing(step, gathered, standards)
    await _write(step, _judge_all(gathered, standards))
    counted = {**stepped.counted, "strangers": gathered.strangers}
    return Stepped(done=share.number + 1 >= share.of, counted=counted)


async def share_in_turn(step: Step) -> Share:
    """Gives the share that the step's number stands for: there are as many as the people need."""
    people = await step.ports.runs.chain(step.run.run_id, Chain.PEOPLE)
    return Share(step.state.step, shares_of(people.count("rows") if people else 0, SHARE_SIZE))


async def _standards(step: Step) -> Standards:
    files, run_id = step.ports.files, step.run.run_id
    return step.standards(
        report=await sources.unavailable(files, run_id, Chain.REGISTRATION),
        readings=await sources.unavailable(files, run_id, Chain.READINGS),
        protection=await sources.protection(files, run_id),
    )


async def _gather(step: Step, share: Share) -> _Gathered:
    files, run_id = step.ports.files, step.run.run_id
    found = _Gathered()
    # Whoever stands on two pages counts once, by the later one; and a reading beats the refusal of another try.
    async for person in sources.share_of(files, run_id, Chain.PEOPLE, PEOPLE, share):
        found.people[_key(person.user_id)] = person
    async for row in sources.share_of(files, run_id, Chain.REGISTRATION, REGISTERED, share):
        if _key(row.user_id) in found.people:
            found.registered[_key(row.user_id)] = row
        else:
            found.strangers += 1
    async for reading in sources.share_of(files, run_id, Chain.READINGS, READINGS, share):
        _keep(found.readings, reading)
    async for mark in sources.share_of(files, run_id, Chain.EXPECTED, EXPECTED, share):
        found.expected[_key(mark.user_id)] = (*found.expected.get(_key(mark.user_id), ()), mark)
    protection = await sources.protection(files, run_id)
    found.protected = {_key(person.user_id): person for person in protection.people}
    return found


def _keep(readings: dict[str, Reading], reading: Reading) -> None:
    before = readings.get(_key(reading.user_id))
    if not isinstance(before, MethodsRead) or isinstance(reading, MethodsRead):
        readings[_key(reading.user_id)] = reading


def _key(user_id: str) -> str:
    return user_id.casefold()


async def _read_missing(step: Step, gathered: _Gathered, standards: Standards) -> Stepped:
    """Reads those whom neither the report nor a reading tells enough about: new colleagues, and what got lost."""
    used = await _used(step)
    missing = [] if standards.readings else sorted(_missing(gathered, standards))
    allowed = missing[: max(0, step.parts.policy.rules.sweep.most_reads - used)]
    found = await read_paced(step, tuple(allowed), read_before=used)
    for reading in found.readings:
        _keep(gathered.readings, reading)
    return Stepped(counted={"reads": found.asked, "throttled": found.throttled})


def _missing(gathered: _Gathered, standards: Standards) -> Iterable[str]:
    for key in gathered.people.keys() - gathered.readings.keys():
        subject = gathered.subject(key)
        if needs_reading(subject.person, subject.registered, standards, subject.expected):
            yield subject.person.user_id


async def _used(step: Step) -> int:
    """Gives how many people this run has read so far."""
    readings = await step.ports.runs.chain(step.run.run_id, Chain.READINGS)
    return (readings.count("reads") if readings else 0) + step.state.count("reads")


def _judge_all(gathered: _Gathered, standards: Standards) -> _Judged:
    judged = _Judged()
    for key in sorted(gathered.people):
        subject = gathered.subject(key)
        if not in_scope(subject.person, standards.rules):
            judged.tally.leave_out()
            continue
        judgement = judge(subject, standards)
        judged.tally.add(subject.person, judgement)
        judged.findings += judgement.findings
        judged.holders += judgement.holders
        judged.follow_ups += follow_up(subject, judgement)
    return judged


async def _write(step: Step, judged: _Judged) -> None:
    files, run_id, number = step.ports.files, step.run.run_id, f"{step.state.step:05}"
    await write_findings(files, run_id, number, judged.findings)
    await files.write(run_id, f"holders/{number}", HOLDERS.packed(judged.holders))
    await files.write(run_id, f"follow-ups/{number}", FOLLOW_UPS.packed(judged.follow_ups))
    await files.write(run_id, f"tallies/{number}", judged.tally.to_json())
