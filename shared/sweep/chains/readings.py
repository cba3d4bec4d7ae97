"""Reads methods one by one, of those about whom the report does not say enough: it runs after the lists, page by page.

It does not wait for their end: the report alone takes an hour for a tenant of millions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from shared.compliance.rows import Person, Registered, Unavailable
from shared.compliance.scope import person_needs_reading, report_needs_reading
from shared.sweep import sources
from shared.sweep.chains.listing import unavailable_file
from shared.sweep.kinds import PEOPLE, READINGS, REGISTERED, UNAVAILABLE
from shared.sweep.paced_reading import BATCH_SIZE, Gathered, PacedReading
from shared.sweep.parts import STEP_BUDGET
from shared.sweep.stepping import Step, Stepped
from shared.sweep.words import Chain, ChainState
from shared.sweep.work_file import RowKind

# Half a minute of readings: little is done again where a step is cut off.
_STEP_SECONDS = 30
_MOST_IN_A_STEP = 6_000
# How long a step waits in hand for more pages to read after.
_PATIENCE_SECONDS = 20.0
_LOOK_AGAIN = 2.0
# What is left of the step's time is for what comes before the readings and after them.
_FOR_READINGS = 0.75


class Place(BaseModel):
    """How far a source has been read after: page and row."""

    model_config = ConfigDict(frozen=True)

    page: int = 0
    row: int = 0


class Cursor(BaseModel):
    """Where the next step goes on, in both lists."""

    model_config = ConfigDict(frozen=True)

    registration: Place = Place()
    people: Place = Place()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whom a step reads, and where the next one goes on; `ended` says that nothing will come after."""

    user_ids: tuple[str, ...]
    cursor: Cursor
    ended: bool


async def readings(step: Step) -> Stepped:
    """Reads the methods of the next users who need it."""
    cursor = Cursor.model_validate_json(step.state.cursor) if step.state.cursor else Cursor()
    left = step.parts.policy.rules.sweep.most_reads - step.state.count("reads")
    if left <= 0:
        return Stepped(done=True, remarks=("The budget of readings was used up: policy's sweep.mostReads.",))
    wanted = await _wanted(step, cursor, min(left, step_size(step)))
    found = await read_paced(step, wanted.user_ids, read_before=step.state.count("reads"))
    if found.readings:
        await step.ports.files.write(step.run.run_id, step.file, READINGS.packed(found.readings))
    counted = {"reads": found.asked, "throttled": found.throttled}
    if found.unavailable:
        return await _refused(step, found.unavailable, counted)
    return Stepped(wanted.cursor.model_dump_json(), wanted.ended, counted)


def step_size(step: Step) -> int:
    """Gives how many users one step reads: what fits half a minute, in whole batches."""
    fits = step.parts.options.reads_per_10_s * _STEP_SECONDS // 10 // BATCH_SIZE * BATCH_SIZE
    return min(max(fits, BATCH_SIZE), _MOST_IN_A_STEP)


async def read_paced(step: Step, user_ids: tuple[str, ...], *, read_before: int) -> Gathered:
    """Reads users at the pace of the settings, within the time of one step; `read_before` is how many this run read."""
    until = step.ports.clock.monotonic() + _FOR_READINGS * STEP_BUDGET.total_seconds()
    pace, may_read = step.parts.options.reads_per_10_s, read_before > 0
    return await PacedReading(step.ports, pace, until, may_read=may_read).read(user_ids)


async def _refused(step: Step, why: Unavailable, counted: dict[str, int]) -> Stepped:
    name = unavailable_file(Chain.READINGS)
    await step.ports.files.write(step.run.run_id, name, UNAVAILABLE.dump_json(why))
    return Stepped(done=True, counted=counted, remarks=(why.why,))


async def _wanted(step: Step, cursor: Cursor, most: int) -> _Wanted:
    """Gives whom to read next; waits for a while where the lists have not come that far."""
    started = step.ports.clock.monotonic()
    while True:
        wanted = await _look(step, cursor, most)
        waited = step.ports.clock.monotonic() - started
        if wanted.user_ids or wanted.ended or waited >= _PATIENCE_SECONDS:
            return wanted
        cursor = wanted.cursor
        await step.ports.clock.sleep(_LOOK_AGAIN)


async def _look(step: Step, cursor: Cursor, most: int) -> _Wanted:
    """Goes through the pages that are there."""
    report, people = await _state(step, Chain.REGISTRATION), await _state(step, Chain.PEOPLE)
    if not report.step:
        return _Wanted((), cursor, ended=False)
    no_report = await sources.unavailable(step.ports.files, step.run.run_id, Chain.REGISTRATION)
    standards, found = step.standards(report=no_report), _Found(most)
    registered = _Source(report, REGISTERED, lambda row: report_needs_reading(row, standards))
    listed = _Source(people, PEOPLE, lambda row: person_needs_reading(row, standards))
    places = Cursor(
        registration=await _follow(step, registered, cursor.registration, found),
        people=await _follow(step, listed, cursor.people, found),
    )
    return _Wanted(
        tuple(found.user_ids), places, registered.ends_at(places.registration) and listed.ends_at(places.people)
    )


async def _state(step: Step, chain: Chain) -> ChainState:
    return await step.ports.runs.chain(step.run.run_id, chain) or ChainState(step.run.run_id, chain)


@dataclass(slots=True)
class _Found:
    """The users found so far, and how many there may be."""

    most: int
    user_ids: list[str] = field(default_factory=list)

    @property
    def full(self) -> bool:
        return len(self.user_ids) >= self.most


@dataclass(frozen=True, slots=True)
class _Source[T: (Registered, Person)]:
    """One of the lists, how far it is there, and who in it needs a reading."""

    chain: ChainState
    kind: RowKind[T]
    needs: Callable[[T], bool]

    def ends_at(self, place: Place) -> bool:
        return self.chain.done and place.page >= self.chain.step


async def _follow[T: (Registered, Person)](step: Step, source: _Source[T], place: Place, found: _Found) -> Place:
    """Takes those who need it from the pages of one list, and gives where it stopped."""
    while place.page < source.chain.step and not found.full:
        rows = await sources.page(step.ports.files, step.run.run_id, source.chain.chain, place.page, source.kind)
        place = _take(rows, place, source.needs, found)
    return place


def _take[T: (Registered, Person)](rows: Sequence[T], place: Place, needs: Callable[[T], bool], found: _Found) -> Place:
    for number in range(place.row, len(rows)):
        if found.full:
            return Place(page=place.page, row=number)
        if needs(rows[number]):
            found.user_ids.append(rows[number].user_id)
    return Place(page=place.page + 1)
