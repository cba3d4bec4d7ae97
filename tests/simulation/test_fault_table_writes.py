"""Answers to a write that leave in doubt what stands there: the end tells the truth, whatever it is."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from shared.directory_user import StoredPhone
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import Write
from shared.ports import WriteAnswer, WriteCertainty
from tests.fakes.clock import START
from tests.fakes.directory import WRITTEN, Person
from tests.fakes.world import NEW, OLD, person
from tests.simulation.directory import SimulatedDirectory
from tests.simulation.history import CURRENT, Op
from tests.simulation.honesty import wrong
from tests.simulation.loop import run_jumping
from tests.simulation.scripted import ScriptedSimulation, ends, event_data, put

CONFLICT = WriteAnswer(WriteCertainty.UNCERTAIN, 409, "phoneNumberNotUnique")
LOST = WriteAnswer(WriteCertainty.UNCERTAIN)
FORBIDDEN = WriteAnswer(WriteCertainty.REFUSED, 403, "accessDenied")
DEFAULT = WriteAnswer(WriteCertainty.REFUSED, 400, "defaultMethod")
CHANGED = ("R-1", "changed", "replaced")


@dataclass(frozen=True)
class How:
    """How a write goes: when it takes effect, if it does, how long the answer takes, and what it says."""

    answer: WriteAnswer
    lands_after: float | None = 0.0
    takes: float = 0.0


@dataclass
class Ambiguous(SimulatedDirectory):
    """A directory whose writes go as told, the first ones first, and whose reads are old for a while."""

    hows: list[How] = field(default_factory=list)
    stale_for: float = 0.0
    _until: float = 0.0
    _old: dict[PhoneType, PhoneNumber] = field(default_factory=dict)

    async def write(self, user_id: str, write: Write) -> WriteAnswer:
        how = self.hows.pop(0) if self.hows else How(WRITTEN)
        if how.lands_after is not None:
            self._late.add(asyncio.create_task(self._landing(user_id, write, how.lands_after)))
        await asyncio.sleep(how.takes)
        await asyncio.sleep(0)
        return how.answer

    async def _landing(self, user_id: str, write: Write, after: float) -> None:
        current = CURRENT.get()
        if after:
            await asyncio.sleep(after)
        self._old = dict(self.person(user_id).phones)
        self._until = asyncio.get_running_loop().time() + self.stale_for
        self._land(user_id, write, current)

    def _shown(self, person: Person) -> tuple[StoredPhone, ...]:
        phones = self._old if asyncio.get_running_loop().time() < self._until else person.phones
        return tuple(StoredPhone(phone_type, number) for phone_type, number in phones.items())


@dataclass
class Normalising(SimulatedDirectory):
    """A directory that gives numbers back as it writes them, not as they were sent."""

    spelling: str = "{}"

    def _shown(self, person: Person) -> tuple[StoredPhone, ...]:
        return tuple(StoredPhone(name, self._spelt(number)) for name, number in person.phones.items())

    def _spelt(self, number: PhoneNumber) -> PhoneNumber | None:
        extension = f"x{number.extension}" if number.extension else ""
        return PhoneNumber.from_graph(
            self.spelling.format(country=number.country_code, national=number.national, extension=extension)
        )


def changed_by(*hows: How, stale_for: float = 0.0, **fields: Any) -> ScriptedSimulation:
    """Sends a replacement of Anna's mobile phone, the writes of which go as told."""
    simulation = ScriptedSimulation([person("anna", phones={PhoneType.MOBILE: OLD})])
    simulation.directory = Ambiguous(
        simulation.people, simulation.history, simulation.faults, hows=list(hows), stale_for=stale_for
    )

    async def work() -> None:
        put(simulation, "R-1", **fields)
        await simulation.drained()
        await asyncio.sleep(60)

    run_jumping(work())
    assert wrong(simulation) == []
    return simulation


@pytest.mark.parametrize(
    "how",
    [
        How(CONFLICT),
        How(CONFLICT, lands_after=5),
        How(LOST),
        How(LOST, takes=20),
        How(LOST, lands_after=20, takes=20),
        How(LOST, lands_after=1),
        How(LOST, lands_after=30),
        How(LOST, lands_after=59),
        How(LOST, lands_after=None),
        How(LOST, lands_after=None, takes=20),
        How(WRITTEN, lands_after=15),
    ],
    ids=str,
)
def test_a_write_whose_answer_leaves_it_in_doubt_is_a_change_once_a_read_has_shown_it(how: How) -> None:
    simulation = changed_by(how)
    assert ends(simulation) == [CHANGED]
    assert simulation.people[0].phones == {PhoneType.MOBILE: NEW}
    assert event_data(simulation)[0]["previousMaskedNumber"] == OLD.masked()


def test_a_409_that_was_written_warns_that_sms_sign_in_is_not_registered() -> None:
    """Field failure: Graph answers phoneNumberNotUnique although the number was written."""
    assert event_data(changed_by(How(CONFLICT)))[0]["warnings"] == ["sms_sign_in_not_registered"]


def test_a_409_that_was_not_written_fails_and_says_so() -> None:
    simulation = changed_by(How(CONFLICT, lands_after=None))
    assert ends(simulation) == [("R-1", "failed", "number_not_unique")]
    assert simulation.people[0].phones == {PhoneType.MOBILE: OLD}


@pytest.mark.parametrize("times", range(2, 6))
def test_answers_that_get_lost_again_and_again_fail_nobody(times: int) -> None:
    simulation = changed_by(*[How(LOST, lands_after=None)] * times)
    assert ends(simulation) == [CHANGED]


@pytest.mark.parametrize("stale_for", [1, 10, 19, 21, 60, 200, 290])
@pytest.mark.parametrize("answer", [WRITTEN, LOST], ids=["written", "answer lost"])
def test_reads_that_stay_old_for_a_while_delay_the_end_and_do_not_change_it(
    answer: WriteAnswer, stale_for: float
) -> None:
    simulation = changed_by(How(answer), stale_for=stale_for)
    assert ends(simulation) == [CHANGED]
    assert simulation.people[0].phones == {PhoneType.MOBILE: NEW}


@pytest.mark.parametrize("lands_after", [1, 10, 30, 55])
def test_a_write_that_lands_late_lands_before_the_next_request_of_the_user_writes(lands_after: float) -> None:
    """Its answer got lost: the user is held for as long as it may still take effect."""
    simulation = ScriptedSimulation([person("anna", phones={PhoneType.MOBILE: OLD})])
    hows = [How(LOST, lands_after=lands_after)]
    simulation.directory = Ambiguous(simulation.people, simulation.history, simulation.faults, hows=hows)

    async def work() -> None:
        put(simulation, "R-1")
        put(simulation, "R-2", "e-anna", user={"employeeId": "E-anna"}, phoneNumber="+49 151 11112222")
        await simulation.drained(workers=2)
        await asyncio.sleep(60)

    run_jumping(work())
    assert wrong(simulation) == []
    assert simulation.people[0].phones == {PhoneType.MOBILE: PhoneNumber(49, "15111112222")}


@pytest.mark.parametrize("stale_for", [10, 60, 290])
def test_a_newer_request_does_not_decide_on_a_read_that_is_older_than_the_last_write(stale_for: float) -> None:
    """Asked to put the old number back, it must not find it still in place."""
    simulation = ScriptedSimulation([person("anna", phones={PhoneType.MOBILE: OLD})])
    simulation.directory = Ambiguous(simulation.people, simulation.history, simulation.faults, stale_for=stale_for)

    async def work() -> None:
        put(simulation, "R-1")
        put(simulation, "R-2", phoneNumber="+49 151 23456780")
        await simulation.drained()

    run_jumping(work())
    assert wrong(simulation) == []
    assert simulation.people[0].phones == {PhoneType.MOBILE: OLD}
    assert ("R-2", "already_correct", "same_number") not in ends(simulation)


@pytest.mark.parametrize(
    "spelling",
    ["+{country}{national}{extension}", "+{country} ({national}) {extension}", "+{country}-{national}{extension}"],
)
def test_a_number_that_the_server_writes_another_way_is_the_same_number(spelling: str) -> None:
    simulation = ScriptedSimulation([person("anna", phones={PhoneType.MOBILE: OLD})])
    simulation.directory = Normalising(simulation.people, simulation.history, simulation.faults, spelling=spelling)

    async def work() -> None:
        put(simulation, "R-1")
        put(simulation, "R-2", phoneType="office", phoneNumber="+49 30 12345678 ext. 12")
        await simulation.drained()

    run_jumping(work())
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED, ("R-2", "changed", "created")]
    assert len(simulation.history.of(Op.WRITE)) == 2


def test_a_server_that_drops_the_extension_is_never_believed_to_have_written_it() -> None:
    """Not what was asked for: it ends at its expiry, in doubt, and is kept for a person."""
    simulation = ScriptedSimulation([person("anna")])
    simulation.directory = Normalising(
        simulation.people, simulation.history, simulation.faults, spelling="+{country} {national}"
    )

    async def work() -> None:
        expires = after_the_start(minutes=20)
        put(simulation, "R-1", phoneType="office", phoneNumber="+49 30 12345678 ext. 12", expiresAt=expires)
        await simulation.drained()

    run_jumping(work())
    assert wrong(simulation) == []
    assert ends(simulation) == [("R-1", "failed", "not_confirmed")]
    assert len(simulation.broker.parked) == 1


@pytest.mark.parametrize(("answer", "code"), [(FORBIDDEN, "directory_refused"), (DEFAULT, "default_method")])
def test_a_refusal_fails_one_user_at_first_sight_and_nobody_else(answer: WriteAnswer, code: str) -> None:
    simulation = changed_by(How(answer, lands_after=None))
    assert ends(simulation) == [("R-1", "failed", code)]
    assert len(simulation.broker.parked) == 1
    assert simulation.people[0].phones == {PhoneType.MOBILE: OLD}


def test_a_refusal_for_everybody_ends_each_request_with_the_right_code() -> None:
    people = [person(f"p{number}", identity=number, phones={PhoneType.MOBILE: OLD}) for number in range(20)]
    simulation = ScriptedSimulation(people, refused=frozenset(found.user.id for found in people))

    async def work() -> None:
        for found in people:
            name = found.user.user_principal_name
            put(simulation, f"R-{name}".replace("@", "."), name, user={"userPrincipalName": name})
        await simulation.drained(workers=4)

    run_jumping(work())
    assert wrong(simulation) == []
    assert {end[1:] for end in ends(simulation)} == {("failed", "directory_refused")}
    assert len(ends(simulation)) == len(simulation.broker.parked) == len(people)


def test_a_write_in_doubt_at_the_expiry_is_told_as_a_doubt() -> None:
    expires = after_the_start(minutes=2)
    simulation = changed_by(*[How(LOST, lands_after=None)] * 9, expiresAt=expires)
    assert ends(simulation) == [("R-1", "failed", "not_confirmed")]


def after_the_start(**after: float) -> str:
    """Gives a moment after the start, as producers write it."""
    return (START + timedelta(**after)).isoformat()
