"""The steps happen in their order; a worker that dies at any of them leaves nothing that a redelivery cannot mend."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from shared.outbox.dispatch import DISPATCH_GRACE
from shared.phone.phone_type import PhoneType
from shared.steps import STEPS, Step
from tests.fakes.world import NEW, OLD, World, person
from tests.simulation.crashing import LOST_ANSWERS
from tests.simulation.faults import WorkerDied

# The host receives before the service and completes after it.
OF_THE_SERVICE = STEPS[1:-1]


@dataclass
class Walk:
    """Runs steps, notes them, and lets the worker die, or an answer get lost, at one of them, once."""

    at: Step | None = None
    when: str = ""
    steps: list[Step] = field(default_factory=list)

    async def __call__[T](self, step: Step, work: Callable[[], Awaitable[T]]) -> T:
        self.steps.append(step)
        here, when = step is self.at, self.when
        if here:
            self.at = None
        if here and when == "before":
            raise WorkerDied
        result = await work()
        if here and when == "after":
            raise WorkerDied
        if here and when == "answer lost":
            raise LOST_ANSWERS[step]
        return result


def world_of(walk: Walk) -> World:
    return World([person("anna", phones={PhoneType.MOBILE: OLD})], run=walk)


async def test_a_change_takes_the_steps_in_their_order() -> None:
    walk = Walk()
    world = world_of(walk)
    await world.service.handle(world.message())
    assert tuple(walk.steps) == OF_THE_SERVICE


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", OF_THE_SERVICE)
async def test_a_worker_that_dies_at_a_step_leaves_one_outcome_and_one_event(step: Step, when: str) -> None:
    world = world_of(Walk(step, when))
    message = world.message()
    with pytest.raises(WorkerDied):
        await world.service.handle(message)
    world.clock.move(seconds=DISPATCH_GRACE.total_seconds() + 60)
    await world.service.handle(message)
    await world.outbox.dispatch_unsent()
    await settled(world)


@pytest.mark.parametrize("step", LOST_ANSWERS)
async def test_an_answer_that_gets_lost_at_a_step_leaves_one_outcome_and_one_event(step: Step) -> None:
    world = world_of(Walk(step, "answer lost"))
    await world.service.handle(world.message())
    await world.handle_postponed()
    world.clock.move(seconds=DISPATCH_GRACE.total_seconds() + 60)
    await world.outbox.dispatch_unsent()
    await settled(world)


async def settled(world: World) -> None:
    assert {event.id for event in world.events.sent} == {"R-1:changed"}
    assert {event.body for event in world.events.sent} == {world.events.sent[0].body}
    assert world.event()["data"]["previousMaskedNumber"] == OLD.masked()
    assert world.phone() == NEW
    assert len(world.directory.writes) <= 2
    assert world.ledger.outbox == {}
    assert world.queue.parked == {}
