"""A worker fails at any step, in any way, or at any two of them: one outcome, one event id, one mail, one number."""

import itertools
import json
from typing import Any

import pytest

from shared.phone.phone_type import PhoneType
from tests.fakes.world import NEW, OLD, World, person
from tests.simulation.checker import broken
from tests.simulation.crashing import POINTS, Crashing, Kind, Point, nothing_is_left
from tests.simulation.history import Op
from tests.simulation.loop import run_jumping
from tests.simulation.soak import phones_of
from tests.simulation.worker import Simulation

ALTERNATE, OFFICE = OLD, OLD
PAIRS = list(itertools.product(POINTS, POINTS))


def run(points: tuple[Point, ...], **fields: Any) -> Simulation:
    """Sends one request of Anna's, lets the worker fail at the points, and drains everything."""
    phones = {PhoneType.MOBILE: OLD, PhoneType.ALTERNATE_MOBILE: ALTERNATE, PhoneType.OFFICE: OFFICE}
    crashing = Crashing(list(points))
    simulation = Simulation([person("anna", phones=phones)], run=crashing)

    async def work() -> None:
        body = json.dumps(World().request(**fields)).encode()
        simulation.broker.put(body, "R-1", "anna@contoso.example")
        await simulation.drained()

    run_jumping(work())
    # The second of two points is not reached where the first one was mended before it came round again.
    assert len(crashing.points) < max(len(points), 1)
    return simulation


def told(simulation: Simulation) -> dict[str, Any]:
    """Gives the data of the one event, of which there may be copies."""
    bodies = {happening["body"] for happening in simulation.history.of(Op.EVENT)}
    assert len(bodies) == 1
    data: dict[str, Any] = json.loads(bodies.pop())["data"]
    return data


def kept(simulation: Simulation, outcome: str, code: str) -> dict[str, Any]:
    nothing_is_left(simulation)
    assert broken(simulation.history, phones_of(simulation.people)) == []
    assert len(simulation.history.of(Op.MAIL)) == 1
    data = told(simulation)
    assert (data["outcome"], data["code"]) == (outcome, code)
    return data


def changed(points: tuple[Point, ...]) -> None:
    simulation = run(points)
    data = kept(simulation, "changed", "replaced")
    assert data["previousMaskedNumber"] == OLD.masked()
    assert simulation.people[0].phones[PhoneType.MOBILE] == NEW
    assert 1 <= len(simulation.history.of(Op.WRITE)) <= 1 + len(points)
    assert simulation.broker.parked == {}


def removed(points: tuple[Point, ...]) -> None:
    simulation = run(points, operation="remove", phoneNumber=None)
    kept(simulation, "changed", "removed")
    assert simulation.people[0].phones == {}


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_failure_at_any_step_leaves_one_change_one_event_and_one_mail(point: Point) -> None:
    changed((point,))


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_failure_at_any_step_of_a_removal_leaves_every_phone_removed(point: Point) -> None:
    removed((point,))


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_failure_at_any_step_of_an_unreadable_message_leaves_one_copy_for_a_person(point: Point) -> None:
    simulation = Simulation([person("anna")], run=Crashing([point]))

    async def work() -> None:
        simulation.broker.put(b"no json", "R-1", "anna@contoso.example")
        await simulation.drained()

    run_jumping(work())
    assert [message.body for message, _ in simulation.broker.parked.values()] == [b"no json"]
    assert len({happening["event_id"] for happening in simulation.history.of(Op.EVENT)}) == 1
    assert broken(simulation.history, {}) == []


def test_before_the_write_there_is_one_write_and_after_it_at_most_one_more() -> None:
    """What a crash may cost is told beforehand: the same value once more in the audit log, nothing else."""
    order = list(dict.fromkeys(point.step for point in POINTS))
    for point in POINTS:
        writes = len(run((point,)).history.of(Op.WRITE))
        if order.index(point.step) < order.index(order[6]) or point.kind is Kind.BEFORE:
            assert writes == 1, point
        assert writes <= 2, point


def test_failures_at_any_two_points_leave_one_change_one_event_and_one_mail() -> None:
    for pair in PAIRS:
        try:
            changed(pair)
        except AssertionError as fault:
            message = f"{pair[0]}, then {pair[1]}"
            raise AssertionError(message) from fault
