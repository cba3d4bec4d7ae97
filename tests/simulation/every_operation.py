"""One run of a few requests of every kind, repeated with a fault at each of its operations in turn."""

import itertools
from collections.abc import Iterator
from typing import Any

from shared.phone.phone_type import PhoneType
from tests.fakes.world import NEW, OLD, person
from tests.simulation.honesty import wrong
from tests.simulation.loop import run_jumping
from tests.simulation.operations import Decide, Script, Strike, at, nowhere
from tests.simulation.scripted import ScriptedSimulation, ends, put

BERT = {"userPrincipalName": "bert@contoso.example"}
REUSED = ("R-1", "rejected", "request_id_reused")
EXPECTED = [
    ("R-1", "changed", "replaced"),
    REUSED,
    ("R-2", "changed", "removed"),
    ("R-3", "rejected", "user_not_found"),
    ("poison", "failed", "invalid_json"),
]


def run(decide: Decide = nowhere, *, reused: bool = True, **fields: Any) -> ScriptedSimulation:
    """Runs a replacement, a reused id, a removal of everything, an unknown user and a poisonous message."""
    every_phone = dict.fromkeys(PhoneType, OLD)
    people = [person("anna", phones={PhoneType.MOBILE: OLD}), person("bert", phones=every_phone)]
    simulation = ScriptedSimulation(people, script=Script(decide), **fields)

    async def work() -> None:
        put(simulation, "R-1")
        if reused:
            put(simulation, "R-1", phoneNumber="+49 151 11112222")
        put(simulation, "R-2", "bert@contoso.example", user=BERT, operation="remove", phoneNumber=None)
        put(simulation, "R-3", "e-0", user={"employeeId": "E-0"})
        simulation.broker.put(b"no json", "poison", "anna@contoso.example")
        await simulation.drained(workers=2)

    run_jumping(work())
    return simulation


def every_operation(port: str, strike: Strike, **fields: Any) -> Iterator[ScriptedSimulation]:
    """Runs with the first operation of a port struck, with the second one, and so on until there is none left."""
    for number in itertools.count(1):
        simulation = run(at(port, number, strike), **fields)
        if not simulation.script.struck:
            return
        yield simulation


def ended_as_if_nothing_had_been(
    simulation: ScriptedSimulation, *, allowed: tuple[str, ...] = (), reused: bool = True
) -> None:
    """Every request has the end that it has in a run without faults; nothing is left and no event lies."""
    struck = ", ".join(map(str, simulation.script.struck[:3]))
    nothing_is_left(simulation, struck)
    assert wrong(simulation, allowed=allowed) == [], struck
    assert sorted(ends(simulation)) == [end for end in EXPECTED if reused or end != REUSED], struck
    assert simulation.people[0].phones == {PhoneType.MOBILE: NEW}, struck
    assert simulation.people[1].phones == {}, struck
    assert parked_bodies(simulation) == [b"no json"], struck
    assert simulation.dead_notices == [], struck


def nothing_is_left(simulation: ScriptedSimulation, struck: str) -> None:
    """Queue, outbox and notes are empty; a user who was not given free is so when the time is over."""
    assert simulation.broker.is_empty, struck
    assert simulation.state.ledger.outbox == {}, struck
    assert simulation.state.waiting.waiting == {}, struck


def parked_bodies(simulation: ScriptedSimulation) -> list[bytes]:
    """Gives the bodies of what a person has to look at."""
    return [message.body for message, _ in simulation.broker.parked.values()]
