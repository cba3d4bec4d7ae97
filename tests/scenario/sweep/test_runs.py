"""A run sees everybody once, whatever cuts it off, and whoever starts it."""

import json
import random

import pytest

from shared.errors import (
    DirectoryThrottledError,
    DirectoryUnavailableError,
    LedgerConflictError,
    LedgerUnavailableError,
)
from shared.sweep.chains.publishing import publishing
from shared.sweep.stepping import Step
from shared.sweep.words import Chain
from tests.scenario.sweep.tenants import tenant_of
from tests.scenario.sweep.world import SweepWorld


async def finished(world: SweepWorld) -> SweepWorld:
    await world.run()
    return world


async def uninterrupted() -> SweepWorld:
    return await finished(SweepWorld(tenant_of()))


def told(world: SweepWorld) -> tuple[object, ...]:
    """Gives all that a reader sees but the moments and the effort."""
    summary = world.summary.model_copy(
        update={"started_at": None, "finished_at": None, "effort": None, "history": None}
    )
    return world.findings, summary


async def test_a_run_tells_of_everyone_and_of_nothing_else() -> None:
    world = await uninterrupted()
    found = sorted((line["code"], line["userPrincipalName"].split("@")[0]) for line in world.findings)
    phone_only = [("phone_only", f"person{number}") for number in range(0, 24, 4)]
    leavers = [("leaver_with_phone", f"person{number}") for number in range(2, 24, 4)]
    others = [
        ("number_drift", "person0"),
        ("number_shared", "person0"),
        ("number_shared", "person4"),
        ("protected_on_phone", "person8"),
    ]
    assert found == sorted([*phone_only, *leavers, *others])
    assert {line["verdict"] for line in world.findings} == {"violation"}
    assert world.summary.complete
    assert world.summary.coverage.people == 24
    assert world.summary.coverage.known == 24
    assert world.summary.phone_only == 6


async def test_methods_are_read_of_those_alone_about_whom_the_report_says_too_little() -> None:
    world = await uninterrupted()
    strong = {person.user_id for number, person in enumerate(world.tenant.people) if number % 4 == 1}
    assert len(world.tenant.asked) == len(set(world.tenant.asked)) == 18
    assert not strong & set(world.tenant.asked)


async def test_the_event_and_the_mail_go_out_once() -> None:
    world = await uninterrupted()
    assert [event.outcome for event in world.events.published] == ["sweep_finished"]


async def test_nothing_that_a_run_worked_with_stays_behind() -> None:
    world = await uninterrupted()
    assert world.files.files == {}


async def test_two_timers_at_once_start_one_run() -> None:
    world = SweepWorld(tenant_of())
    await world.start()
    await world.start()
    await world.drain()
    await world.start()
    assert world.queue.waiting or world.runs.newest
    assert len(world.runs.past) == 1


async def test_a_timer_starts_no_second_run_beside_one_that_is_under_way() -> None:
    world = SweepWorld(tenant_of())
    await world.start()
    world.clock.move(hours=1)
    await world.start()
    await world.drain()
    assert list(world.runs.past) == ["20261126T0100Z"]


async def test_a_run_that_never_ends_is_given_up_for_the_next_one() -> None:
    world = SweepWorld(tenant_of())
    await world.start()
    world.queue.waiting.clear()
    world.clock.move(hours=23)
    await world.start()
    await world.drain()
    assert list(world.runs.past) == ["20261127T0000Z"]
    given_up, published = [json.loads(event.body)["data"] for event in world.events.published]
    assert (given_up["complete"], given_up["runId"]) == (False, "20261126T0100Z")
    assert "given up" in given_up["incompleteBecause"][0]
    assert published["complete"]


async def test_every_page_done_twice_counts_once() -> None:
    world = SweepWorld(tenant_of())
    await world.start()
    while world.queue.waiting:
        message, _ = world.queue.waiting[0]
        for _ in range(2):
            await world.service.step(message.model_dump_json().encode())
        world.queue.waiting.pop(0)
    assert told(world) == told(await uninterrupted())
    assert world.queue.copies > 0


# Two pages of each list: as many steps as it takes, and no more, where a test goes through all calls.
FEW = 12


async def all_calls(people: int = FEW) -> tuple[tuple[object, ...], int]:
    world = await finished(SweepWorld(tenant_of(people)))
    return told(world), world.deaths.calls


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_worker_that_dies_at_any_call_changes_nothing_in_the_report(moment: str) -> None:
    whole, calls = await all_calls()
    for number in range(calls):
        world = SweepWorld(tenant_of(FEW))
        getattr(world.deaths, moment).add(number)
        await world.run()
        assert world.died == 1, number
        assert told(world) == whole, (moment, number, world.deaths.names[number])
        assert len({event.id for event in world.events.published}) == 1


@pytest.mark.parametrize("fault", [LedgerUnavailableError(), DirectoryThrottledError(retry_after=7)])
async def test_a_fault_that_passes_at_any_call_changes_nothing_in_the_report(fault: Exception) -> None:
    whole, calls = await all_calls()
    for number in range(calls):
        world = SweepWorld(tenant_of(FEW))
        world.deaths.faults[number] = fault  # type: ignore[assignment]
        await world.run()
        assert told(world) == whole, (number, world.deaths.names[number])


@pytest.mark.parametrize("seed", range(20))
async def test_ten_deaths_at_any_moments_change_nothing_in_the_report(seed: int) -> None:
    whole, calls = await all_calls(24)
    dice = random.Random(seed)  # noqa: S311 - which calls, no secret
    world = SweepWorld(tenant_of())
    world.deaths.before = set(dice.sample(range(calls), 5))
    world.deaths.after = set(dice.sample(range(calls), 5))
    await world.run()
    assert world.died >= 5
    assert told(world) == whole


async def test_a_run_whose_messages_are_all_lost_is_taken_up_again() -> None:
    world = SweepWorld(tenant_of())
    await world.start()
    for _ in range(6):
        await world.hand_out()
    world.queue.waiting.clear()
    await world.drain()
    assert told(world) == told(await uninterrupted())


async def test_a_worker_that_publishes_too_late_spoils_no_report() -> None:
    """It hung while another one published, ended the run and deleted what it had worked with."""
    world = SweepWorld(tenant_of())
    await world.start()
    while not (late := [each for each, _ in world.queue.waiting if each.chain is Chain.PUBLISHING]):
        await world.hand_out()
    state, run = await world.runs.chain(late[0].run_id, Chain.PUBLISHING), world.runs.newest
    await world.drain()
    report = dict(world.reports.files)
    assert state is not None
    assert run is not None
    with pytest.raises(LedgerConflictError):
        await publishing(Step(world.service.parts, run, state))
    assert world.reports.files == report


async def test_an_outage_of_hours_makes_no_second_message_of_a_step() -> None:
    world = SweepWorld(tenant_of())
    await world.start()
    for _ in range(60):
        world.queue.waiting = [each for each in world.queue.waiting if each[0].chain is Chain.PROTECTION]
        assert len(world.queue.waiting) == 1
        world.deaths.faults = {world.deaths.calls + 2: DirectoryUnavailableError()}
        await world.hand_out()
        world.deaths.faults = {}
        await world.service.resume()
    assert world.deaths.names.count("protection.read") == 60


async def test_a_step_that_was_done_and_not_followed_goes_on_at_its_next_delivery() -> None:
    """The worker died after it wrote down that the step was done, and before it sent the next one."""
    world = SweepWorld(tenant_of(48))
    await world.start()
    (message,) = [each for each, _ in world.queue.waiting if each.chain is Chain.REGISTRATION]
    await world.service.step(message.model_dump_json().encode())
    world.queue.waiting.clear()
    world.queue.seen.clear()
    await world.service.step(message.model_dump_json().encode())
    assert [(each.chain, each.step) for each, _ in world.queue.waiting] == [(Chain.REGISTRATION, 1)]
