"""Timers fire twice, at the same time, late or never: what they do is harmless, and what they left waits."""

import asyncio
from datetime import timedelta

import pytest

from shared.phone.phone_type import PhoneType
from shared.retention import Retained, RetentionService
from tests.fakes.world import OLD, person
from tests.simulation.history import Op
from tests.simulation.honesty import wrong
from tests.simulation.loop import run_jumping
from tests.simulation.operations import ANSWER_LOST, BUG_AFTER, DEATH_AFTER, OUT_OF_ORDER, STOP_AFTER, Call, Strike
from tests.simulation.scripted import ScriptedSimulation, ends, put

RETENTION = timedelta(days=400)
HOUR = 3_600.0
DAY = 24 * HOUR
SENDING_FAILS = 100.0
CHANGED = ("R-1", "changed", "replaced")


def unsent(strike: Strike | None = None, number: int = 0) -> ScriptedSimulation:
    """Gives a company whose first event cannot be sent at once; afterwards an operation of the timer is struck."""

    def decide(call: Call) -> Strike | None:
        if call.at < SENDING_FAILS:
            return OUT_OF_ORDER if call.name == "publish" else None
        later = [seen for seen in simulation.script.calls if seen.at >= SENDING_FAILS]
        return strike if len(later) == number else None

    simulation = ScriptedSimulation([person("anna", phones={PhoneType.MOBILE: OLD})])
    simulation.script.decide = decide
    return simulation


async def one_event_waits(simulation: ScriptedSimulation) -> None:
    """Ends a request whose event stays in the outbox: no timer fires."""
    put(simulation, "R-1")
    await simulation.step()
    assert len(simulation.state.ledger.outbox) == 1
    assert ends(simulation) == []


class NoUnfinished:
    """Says that every request has ended."""

    async def count_unfinished(self, accepted_before: object) -> int:
        del accepted_before
        return 0


def retention_of(simulation: ScriptedSimulation) -> RetentionService:
    kept = (Retained(simulation.state.ledger, RETENTION),)
    return RetentionService(simulation.clock, kept, NoUnfinished(), RETENTION)


@pytest.mark.parametrize("times", [2, 3, 10])
def test_timers_that_fire_at_the_same_time_send_one_event_and_one_mail(times: int) -> None:
    """Copies share their id, and the topic knows them."""
    simulation = unsent()

    async def work() -> None:
        await one_event_waits(simulation)
        await asyncio.sleep(SENDING_FAILS)
        await asyncio.gather(*(simulation.dispatch() for _ in range(times)))
        await simulation.drained()

    run_jumping(work())
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED]
    assert len(simulation.history.of(Op.MAIL)) == 1


@pytest.mark.parametrize("late", [60.0, DAY, 30 * DAY])
def test_a_timer_that_is_late_sends_what_waited(late: float) -> None:
    simulation = unsent()

    async def work() -> None:
        await one_event_waits(simulation)
        await asyncio.sleep(SENDING_FAILS + late)
        await simulation.dispatch()
        await simulation.dispatch()

    run_jumping(work())
    assert ends(simulation) == [CHANGED]
    assert simulation.state.ledger.outbox == {}
    assert len(simulation.history.of(Op.EVENT)) == 1


def test_where_the_timer_never_fires_the_event_waits_and_a_repeat_of_the_request_sends_it() -> None:
    simulation = unsent()

    async def work() -> None:
        await one_event_waits(simulation)
        await asyncio.sleep(DAY)
        assert len(simulation.state.ledger.outbox) == 1
        put(simulation, "R-1")
        await simulation.step()

    run_jumping(work())
    assert ends(simulation) == [CHANGED]
    assert simulation.state.ledger.outbox == {}


@pytest.mark.parametrize("number", range(1, 4))
@pytest.mark.parametrize(
    "strike",
    [OUT_OF_ORDER, ANSWER_LOST, BUG_AFTER, STOP_AFTER, DEATH_AFTER],
    ids=["fault", "answer lost", "bug", "stop", "death"],
)
def test_a_timer_that_fails_at_any_operation_loses_no_event(strike: Strike, number: int) -> None:
    simulation = unsent(strike, number)

    async def work() -> None:
        await one_event_waits(simulation)
        await asyncio.sleep(SENDING_FAILS)
        await simulation.dispatch()
        await simulation.drained()

    run_jumping(work())
    assert len([call for call in simulation.script.struck if call.at >= SENDING_FAILS]) == 1
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED]


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_purge_that_runs_several_times_takes_what_is_past_the_retention_and_no_more(times: int) -> None:
    simulation = unsent()

    async def work() -> None:
        await one_event_waits(simulation)
        await asyncio.sleep(RETENTION.total_seconds() - 10)
        put(simulation, "R-2", requestedAt=simulation.clock.now().isoformat())
        await simulation.drained()
        await asyncio.sleep(20)
        assert sum([await retention_of(simulation).purge() for _ in range(times)]) == 1

    run_jumping(work())
    assert list(simulation.state.ledger.records) == ["R-2"]


def test_a_purge_takes_no_event_that_was_never_sent() -> None:
    simulation = unsent()

    async def work() -> None:
        await one_event_waits(simulation)
        await asyncio.sleep(RETENTION.total_seconds() + DAY)
        await retention_of(simulation).purge()
        await simulation.dispatch()

    run_jumping(work())
    assert simulation.state.ledger.records == {}
    assert ends(simulation) == [CHANGED]


def test_a_purge_in_the_middle_of_a_request_does_not_touch_it() -> None:
    """A request that waits, however long, is not finished: its record stays."""
    simulation = unsent()
    simulation.script.decide = lambda call: OUT_OF_ORDER if call.name == "write" and call.at < 3 * HOUR else None

    async def work() -> None:
        put(simulation, "R-1")
        draining = asyncio.create_task(simulation.drained())
        while not draining.done():
            await asyncio.sleep(HOUR)
            await retention_of(simulation).purge()
        await draining

    run_jumping(work())
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED]
