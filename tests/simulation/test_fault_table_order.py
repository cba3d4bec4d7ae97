"""Five requests of one user in every order in which postponed copies can arrive: the newest one wins."""

import itertools
from datetime import timedelta

import pytest

from shared.messages.origin import Origin
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from tests.fakes.clock import START
from tests.fakes.world import OLD, person
from tests.simulation.broker import Entry, label_of
from tests.simulation.crashing import POINTS, Crashing, Kind, Point
from tests.simulation.history import Op
from tests.simulation.honesty import wrong
from tests.simulation.loop import run_jumping
from tests.simulation.scripted import ScriptedSimulation, body_of, ends

FIVE = range(1, 6)
ORDERS = list(itertools.permutations(FIVE))
SESSIONS = (
    ("anna@contoso.example", {"userPrincipalName": "anna@contoso.example"}),
    ("e-anna", {"employeeId": "E-anna"}),
)


def number_of(request: int) -> PhoneNumber:
    return PhoneNumber(49, f"1511111000{request}")


def deliver(simulation: ScriptedSimulation, request: int, *, by_two_keys: bool) -> None:
    """Puts a request on the queue as a copy of itself, which carries the place of its first arrival."""
    session, user = SESSIONS[request % 2 if by_two_keys else 0]
    body = body_of(f"R-{request}", user=user, phoneNumber=f"+49 {number_of(request).national}")
    origin = Origin(f"R-{request}", request, START + timedelta(seconds=request), attempt=2)
    simulation.history.note(Op.ACCEPTED, label=label_of(f"R-{request}", body), body=body)
    simulation.broker.scheduled.append(Entry(body, f"R-{request}~2", session, START, origin))


def delivered(
    order: tuple[int, ...], points: tuple[Point, ...] = (), *, by_two_keys: bool = False, workers: int = 1
) -> ScriptedSimulation:
    people = [person("anna", phones={PhoneType.MOBILE: OLD})]
    simulation = ScriptedSimulation(people, run=Crashing(list(points)))

    async def work() -> None:
        for request in order:
            deliver(simulation, request, by_two_keys=by_two_keys)
        await simulation.drained(workers)

    run_jumping(work())
    return simulation


def expected(order: tuple[int, ...]) -> list[tuple[str, str, str]]:
    """Gives the ends that an order leads to: what comes after a newer one is superseded."""
    found = []
    for place, request in enumerate(order):
        overtaken = any(earlier > request for earlier in order[:place])
        end = ("superseded", "newer_request") if overtaken else ("changed", "replaced")
        found.append((f"R-{request}", *end))
    return found


def newest_won(simulation: ScriptedSimulation, what: object) -> None:
    assert wrong(simulation) == [], what
    assert simulation.people[0].phones == {PhoneType.MOBILE: number_of(5)}, what


def test_in_every_order_the_newest_wins_and_what_comes_after_a_newer_one_is_superseded() -> None:
    for order in ORDERS:
        simulation = delivered(order)
        newest_won(simulation, order)
        assert ends(simulation) == expected(order), order


@pytest.mark.parametrize("kind", Kind)
def test_in_every_order_with_a_failure_in_each_the_newest_wins(kind: Kind) -> None:
    """The point of the failure goes round, so that each meets orders of every sort."""
    points = itertools.cycle([point for point in POINTS if point.kind is kind])
    for order in ORDERS:
        point = next(points)
        simulation = delivered(order, (point,))
        newest_won(simulation, (order, str(point)))
        assert sorted(ends(simulation)) == sorted(expected(order)), (order, str(point))


def test_in_every_order_under_two_keys_with_two_workers_the_newest_wins() -> None:
    for order in ORDERS:
        newest_won(delivered(order, by_two_keys=True, workers=2), order)


@pytest.mark.long
@pytest.mark.parametrize("point", POINTS, ids=str)
def test_in_every_order_with_a_failure_at_every_point_the_newest_wins(point: Point) -> None:
    for order in ORDERS:
        newest_won(delivered(order, (point,)), order)
