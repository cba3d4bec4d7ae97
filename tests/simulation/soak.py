"""A run with mixed faults, all of it from one seed."""

import asyncio
import random
from dataclasses import dataclass
from datetime import timedelta

from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from tests.fakes.directory import Person
from tests.fakes.world import person
from tests.simulation.checker import Broken, broken
from tests.simulation.faults import Faults, Rates
from tests.simulation.loop import run_jumping
from tests.simulation.worker import Simulation
from tests.simulation.workload import put, workload

MIXED = Rates(
    crash=0.004,
    transient=0.02,
    lost_answer=0.01,
    throttled=0.05,
    conflict_409=0.03,
    lost_write=0.05,
    stale_read=0.2,
    latency=0.2,
)


@dataclass(frozen=True, slots=True)
class Soaked:
    """How a run ended."""

    seed: int
    simulation: Simulation
    broken: list[Broken]


def soak(seed: int, requests: int, *, rates: Rates = MIXED, workers: int = 8, skew: timedelta = timedelta(0)) -> Soaked:
    """Runs that many requests and gives what was not kept."""
    rng = random.Random(seed)  # noqa: S311 - a seed, no secret
    people = company(max(requests // 8, 3), rng)
    refused = frozenset(person.user.id for person in people if rng.random() < 0.02)
    simulation = Simulation(people, Faults(rates, rng), refused=refused, skew=skew)
    run_jumping(_run(simulation, requests, rng, workers))
    return Soaked(seed, simulation, broken(simulation.history, phones_of(people)))


def company(size: int, rng: random.Random) -> list[Person]:
    """Draws people, some of whom have phones already."""
    people = []
    for number in range(size):
        phones = {PhoneType.MOBILE: PhoneNumber(49, f"1512{number:07d}")} if rng.random() < 0.5 else {}
        people.append(person(f"user{number}", identity=number, phones=phones))
    return people


def phones_of(people: list[Person]) -> dict[tuple[str, PhoneType], PhoneNumber | None]:
    """Gives the directory as it is."""
    return {(found.user.id, phone_type): number for found in people for phone_type, number in found.phones.items()}


async def _run(simulation: Simulation, requests: int, rng: random.Random, workers: int) -> None:
    async def produce() -> None:
        for sent in workload(simulation.people, requests, rng, span=requests * 1.0):
            await asyncio.sleep(max(sent.at - asyncio.get_running_loop().time(), 0))
            put(simulation.broker, sent)

    producing = asyncio.create_task(produce())
    while not producing.done():
        await simulation.drained(workers)
        await asyncio.sleep(1)
    await producing
    await simulation.drained(workers)
    # A write whose answer was lost may still land.
    await asyncio.sleep(60)
