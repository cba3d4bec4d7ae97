"""A worker is stopped, or dies, in any step and at any operation of a port; its message comes again."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from shared.steps import STEPS, Step
from tests.simulation.every_operation import ended_as_if_nothing_had_been, every_operation, run
from tests.simulation.operations import DEATH_AFTER, DEATH_BEFORE, PORTS, STOP_AFTER, STOP_BEFORE, Strike

STRIKES = {"before": STOP_BEFORE, "after": STOP_AFTER}
DEATHS = {"before": DEATH_BEFORE, "after": DEATH_AFTER}


@dataclass
class Stopping:
    """Runs steps, and stops the worker at the how manieth of them, before or after its work."""

    number: int
    after: bool
    reached: bool = False
    _seen: int = 0

    async def __call__[T](self, step: Step, work: Callable[[], Awaitable[T]]) -> T:
        del step
        self._seen += 1
        here = self._seen == self.number
        if not here or self.after:
            result = await work()
        if here:
            self.reached = True
            await _stop()
        return result


async def _stop() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


def allowed_for(port: str) -> tuple[str, ...]:
    """A worker that stops between handing a mail over and noting it sends that mail again."""
    return ("notified_twice",) if port in {"mail", "mail log"} else ()


@pytest.mark.parametrize("gives_back", [True, False], ids=["message given back", "lock runs out"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_stop_in_any_step_changes_no_end(after: bool, gives_back: bool) -> None:  # noqa: FBT001 - from a table
    stops = 0
    for number in itertools.count(1):
        stopping = Stopping(number, after)
        simulation = run(run=stopping, gives_back=gives_back)
        if not stopping.reached:
            break
        stops += simulation.stops
        ended_as_if_nothing_had_been(simulation)
    assert stops >= 2 * len(STEPS)


@pytest.mark.parametrize("gives_back", [True, False], ids=["message given back", "lock runs out"])
@pytest.mark.parametrize("strike", STRIKES.values(), ids=STRIKES)
@pytest.mark.parametrize("port", PORTS)
def test_a_stop_at_any_operation_of_a_port_changes_no_end(port: str, strike: Strike, gives_back: bool) -> None:  # noqa: FBT001 - from a table
    for simulation in every_operation(port, strike, gives_back=gives_back):
        assert simulation.stops == 1
        ended_as_if_nothing_had_been(simulation, allowed=allowed_for(port))


@pytest.mark.parametrize("strike", DEATHS.values(), ids=DEATHS)
@pytest.mark.parametrize("port", PORTS)
def test_a_death_at_any_operation_of_a_port_changes_no_end(port: str, strike: Strike) -> None:
    for simulation in every_operation(port, strike):
        ended_as_if_nothing_had_been(simulation, allowed=allowed_for(port))
