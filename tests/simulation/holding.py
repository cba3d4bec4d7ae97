"""A simulation whose policy holds requests, with people who approve, cancel, forget, and try what they must not."""

import asyncio
import json
import random
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.approvals.service import ApprovalService
from shared.errors import TransientError
from shared.messages.received import ReceivedMessage
from shared.phone.phone_type import PhoneType
from tests.fakes.directory import Person
from tests.fakes.world import KEY, policy
from tests.simulation.broker import LOCK
from tests.simulation.checker import RULES as CHECKED
from tests.simulation.checker import Broken
from tests.simulation.faults import Faults, Rates, WorkerDied
from tests.simulation.hold_rules import HOLD_RULES
from tests.simulation.loop import run_jumping
from tests.simulation.soak import MIXED, company, phones_of
from tests.simulation.worker import RULES, Simulation
from tests.simulation.workload import Sent, put

HOLDING: dict[str, Any] = {
    **RULES,
    "tripwires": {
        "coolDown": "PT1H",
        "perUser": {"changes": 4, "window": "P1D"},
        "perRequester": {"changes": 60, "window": "PT1H"},
        "perTenant": {"changes": 80, "window": "PT1H"},
        "usersPerNumber": 1,
    },
    "answers": {"user_limit": "cool_off", "tenant_limit": "warn"},
    "hold": {"longest": "PT2H", "coolingOff": "PT30M", "lookAgain": "PT5M"},
    "approvers": {"boss": ["*"], "desk": ["number_shared"], "workday": ["*"]},
}
# Few enough that people are given each other's.
_NUMBERS = 30
_SLOWEST_ANSWER = 3 * 3600.0


@dataclass
class HoldingSimulation(Simulation):
    """Beside the workers, people read the events of holds."""

    seen: set[str] = field(default_factory=set)

    def _background(self) -> list[Coroutine[Any, Any, None]]:
        return [*super()._background(), self._approving()]

    async def _approving(self) -> None:
        async with asyncio.TaskGroup() as people:
            while True:
                for event in [event for event in self.broker.topic.values() if event.id not in self.seen]:
                    self.seen.add(event.id)
                    if event.outcome == "held":
                        for wait, body in self._answers(json.loads(event.body)["data"]):
                            people.create_task(self._approve(wait, body))
                await asyncio.sleep(1)

    def _answers(self, data: dict[str, Any]) -> Iterator[tuple[float, bytes]]:
        """What people make of one hold: the right ones and the wrong ones, once or several times, or nothing."""
        rng = self.faults.rng
        for number in range(rng.choice([0, 1, 1, 2])):
            approval = {
                "approvalId": f"A-{data['holdId']}-{number}",
                "requestId": data["requestId"],
                "holdId": data["holdId"],
                "decision": rng.choice(["approve", "approve", "cancel"]),
                "decidedBy": rng.choice(["boss", "boss", "boss", "desk", "workday", data["user"]["userPrincipalName"]]),
                "reason": "Called back",
                "decidedAt": self.clock.now().isoformat(),
            }
            yield rng.uniform(0, _SLOWEST_ANSWER), json.dumps(approval).encode()

    async def _approve(self, wait: float, body: bytes) -> None:
        """Delivers an approval until it is answered."""
        await asyncio.sleep(wait)
        message = ReceivedMessage(body, "A", "", 1, self.clock.now())
        while True:
            ports = self.parts.ports
            service = ApprovalService(
                self.clock, ports.ledger, ports.events, ports.queue, self.rules, "/simulation", KEY
            )
            try:
                return await service.handle(message)
            except WorkerDied:
                self.deaths += 1
            except TransientError:
                pass
            await asyncio.sleep(LOCK.total_seconds())


@dataclass(frozen=True, slots=True)
class Held:
    """How a run ended."""

    seed: int
    simulation: HoldingSimulation
    broken: list[Broken]


def hold_soak(seed: int, requests: int, *, rates: Rates = MIXED, workers: int = 6) -> Held:
    """Runs that many requests, a minute apart, and gives what was not kept."""
    rng = random.Random(seed)  # noqa: S311 - a seed, no secret
    people = company(max(requests // 8, 3), rng)
    simulation = HoldingSimulation(people, Faults(rates, rng), rules=policy(**HOLDING))
    run_jumping(_run(simulation, requests, rng, workers))
    phones = phones_of(people)
    rules = (*CHECKED, *HOLD_RULES)
    return Held(
        seed, simulation, [Broken(rule.__name__, what) for rule in rules for what in rule(simulation.history, phones)]
    )


async def _run(simulation: HoldingSimulation, requests: int, rng: random.Random, workers: int) -> None:
    async def produce() -> None:
        for number in range(requests):
            await asyncio.sleep(rng.uniform(0, 120))
            put(simulation.broker, _drawn(simulation, number, rng))

    producing = asyncio.create_task(produce())
    while not producing.done():
        await simulation.drained(workers)
        await asyncio.sleep(1)
    await producing
    await simulation.drained(workers)
    # A write whose answer was lost may still land.
    await asyncio.sleep(60)


def _drawn(simulation: HoldingSimulation, number: int, rng: random.Random) -> Sent:
    person = rng.choice(simulation.people)
    fields: dict[str, Any] = {
        "requestId": f"R-{number}",
        "operation": "set",
        "user": _key(person, rng),
        "phoneType": rng.choice(["mobile", "mobile", "alternateMobile"]),
        "phoneNumber": f"+49 151 2345{rng.randrange(_NUMBERS):04d}",
        "requestedBy": rng.choice(["workday", "workday", "servicedesk"]),
        "reason": "INC-1",
        "requestedAt": (simulation.broker.clock.now() - timedelta(seconds=1)).isoformat(),
    }
    kind = rng.random()
    if kind < 0.15:
        fields |= {"operation": "remove", "phoneNumber": None, "phoneType": rng.choice([*PhoneType, None])}
    elif kind < 0.3 and number:
        undone = rng.randrange(max(number - 20, 0), number)
        fields |= {"operation": "undo", "undoes": f"R-{undone}", "phoneNumber": None, "phoneType": None}
        fields["user"] = _key_of(simulation, f"R-{undone}") or fields["user"]
    body = json.dumps({name: value for name, value in fields.items() if value is not None}).encode()
    return Sent(0, body, str(fields["requestId"]), str(next(iter(fields["user"].values()))).lower())


def _key(person: Person, rng: random.Random) -> dict[str, str]:
    if rng.random() < 0.2:
        return {"employeeId": person.employee_id}
    return {"userPrincipalName": person.user.user_principal_name}


def _key_of(simulation: HoldingSimulation, request_id: str) -> dict[str, str] | None:
    kept = simulation.state.previous.kept.get(request_id)
    return {"id": kept.user_id} if kept else None
