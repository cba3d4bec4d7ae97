"""A lock is lost: two workers have one message in their hands, and the first one is late."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from shared.change.process import ChangeService
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import Write
from shared.ports import WriteAnswer
from shared.steps import Step
from tests.fakes.world import NEW, OLD, person
from tests.simulation.directory import SimulatedDirectory
from tests.simulation.history import CURRENT, Op
from tests.simulation.honesty import wrong
from tests.simulation.loop import run_jumping
from tests.simulation.operations import STOP_BEFORE, at
from tests.simulation.scripted import ScriptedSimulation, ends, put

SERVICE_STEPS = [step for step in Step if step not in (Step.RECEIVE, Step.COMPLETE)]
NEWER = PhoneNumber(49, "15111112222")
NEWER_AS_WRITTEN = "+49 151 11112222"
CHANGED = ("R-1", "changed", "replaced")
# No call of Graph takes longer, and no write lands later.
LONGEST_CALL = 20
LATEST_LANDING = 55


@dataclass
class Held:
    """Runs steps, and stays in one of them for a while, before or after its work."""

    step: Step
    after: bool
    seconds: float

    async def __call__[T](self, step: Step, work: Callable[[], Awaitable[T]]) -> T:
        if step is self.step and not self.after:
            await asyncio.sleep(self.seconds)
        result = await work()
        if step is self.step and self.after:
            await asyncio.sleep(self.seconds)
        return result


@dataclass
class InFlight(SimulatedDirectory):
    """A directory whose first write takes effect after a while, whatever became of who sent it."""

    lands_after: float = 0.0
    flights: int = 0
    _landings: set[asyncio.Task[WriteAnswer]] = field(default_factory=set)

    async def write(self, user_id: str, write: Write) -> WriteAnswer:
        self.flights += 1
        if self.flights > 1:
            return await super().write(user_id, write)
        landing = asyncio.create_task(self._land_after(user_id, write))
        self._landings.add(landing)
        return await asyncio.shield(landing)

    async def _land_after(self, user_id: str, write: Write) -> WriteAnswer:
        current = CURRENT.get()
        await asyncio.sleep(self.lands_after)
        return self._land(user_id, write, current)


def anna(**fields: Any) -> ScriptedSimulation:
    return ScriptedSimulation([person("anna", phones={PhoneType.MOBILE: OLD})], **fields)


async def handled_late(simulation: ScriptedSimulation, held: Held) -> None:
    """Has a first worker handle a message, whose lock is lost at once, and is not even told."""
    received = simulation.broker.receive()
    assert received is not None
    entry, message = received
    CURRENT.set(simulation._current(message))  # noqa: SLF001 - the first worker is a host of its own
    working = asyncio.create_task(ChangeService(replace(simulation.parts, run=held)).handle(message))
    await asyncio.sleep(0)
    simulation.broker.abandon(entry)
    await simulation.drained()
    await working


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", SERVICE_STEPS)
@pytest.mark.parametrize("seconds", [0.5, LONGEST_CALL, 90])
def test_two_workers_with_one_message_make_one_change_and_one_end(step: Step, after: bool, seconds: float) -> None:  # noqa: FBT001 - from a table
    simulation = anna()

    async def work() -> None:
        put(simulation, "R-1")
        await handled_late(simulation, Held(step, after, seconds))
        await simulation.drained()

    run_jumping(work())
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED]
    assert {happening["value"] for happening in simulation.history.of(Op.WRITE)} == {NEW}
    assert simulation.people[0].phones == {PhoneType.MOBILE: NEW}


def test_a_message_whose_every_completion_came_too_late_is_no_failure_as_a_dead_letter() -> None:
    """Its request had ended well: nobody is told otherwise, and no person is bothered."""
    simulation = anna()

    async def work() -> None:
        put(simulation, "R-1")
        received = simulation.broker.receive()
        assert received is not None
        entry, _ = received
        simulation.broker.abandon(entry)
        await simulation.drained()
        simulation.broker.dead.append(entry)
        await simulation.drained()

    run_jumping(work())
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED]
    assert simulation.broker.parked == {}


@pytest.mark.parametrize("lands_after", [1, LONGEST_CALL, LATEST_LANDING])
@pytest.mark.parametrize("by", ["a stop", "a lost lock"])
def test_a_write_under_way_when_the_lock_is_lost_does_not_overrule_a_newer_request(by: str, lands_after: float) -> None:
    """The first worker's write is still on its way when the second one writes the same, and a newer one follows."""
    simulation = anna()
    simulation.directory = InFlight(simulation.people, simulation.history, simulation.faults, lands_after=lands_after)

    async def work() -> None:
        put(simulation, "R-1")
        put(simulation, "R-2", phoneNumber=NEWER_AS_WRITTEN)
        received = simulation.broker.receive()
        assert received is not None
        entry, message = received
        CURRENT.set(simulation._current(message))  # noqa: SLF001 - the first worker is a host of its own
        working = asyncio.create_task(ChangeService(simulation.parts).handle(message))
        await asyncio.sleep(0.5)
        if by == "a stop":
            working.cancel()
        simulation.broker.abandon(entry)
        await simulation.drained()
        await asyncio.wait([working])
        await asyncio.sleep(60)

    run_jumping(work())
    assert wrong(simulation) == []
    assert [end[1] for end in ends(simulation)] == ["changed", "changed"]
    assert simulation.people[0].phones == {PhoneType.MOBILE: NEWER}


@pytest.mark.parametrize("number", range(1, 5))
def test_a_session_that_is_lost_at_any_read_back_or_write_ends_its_request_once(number: int) -> None:
    simulation = anna(gives_back=False)
    simulation.script.decide = at("directory", number, STOP_BEFORE)

    async def work() -> None:
        put(simulation, "R-1")
        put(simulation, "R-2", phoneNumber=NEWER_AS_WRITTEN)
        await simulation.drained(workers=2)
        assert simulation.clock.now() - simulation.broker.clock.now() == timedelta(0)

    run_jumping(work())
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED, ("R-2", "changed", "replaced")]
