"""Graph asks everybody to wait: nothing fails, nothing is parked, and nobody storms."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from kiota_abstractions.api_error import APIError

from shared.directory_user import StoredPhone, UserAbsent, UserAmbiguous, UserDeleted, UserState
from shared.graph.calls import GraphCalls
from shared.graph.faults import AnswerLostError
from shared.messages.change_request import UserKey
from shared.plan import Write
from shared.ports import WriteAnswer, WriteCertainty
from tests.fakes.clock import START
from tests.fakes.world import person
from tests.simulation.clock import LoopClock
from tests.simulation.directory import SimulatedDirectory
from tests.simulation.history import Op
from tests.simulation.honesty import wrong
from tests.simulation.loop import run_jumping
from tests.simulation.scripted import ScriptedSimulation, ends, put

USERS = 12
WORKERS = 4
STORM = 300.0
# Read the state, write, read back: what a change costs in quiet.
QUIET_CALLS = 3
_THROTTLED, _UNAVAILABLE = 429, 503
EVERYWHERE = frozenset({"read_state", "write", "read_phones"})

type Header = Callable[[LoopClock], str | None]


def seconds(value: str) -> Header:
    return lambda _: value


def dated(value: int) -> Header:
    return lambda clock: format_datetime(clock.now() + timedelta(seconds=value), usegmt=True)


# The header, and the seconds that pass at least between two calls of one worker.
HEADERS: dict[str, tuple[Header, float]] = {
    "10 seconds": (seconds("10"), 10),
    "2 minutes": (seconds("120"), 120),
    "date in 30 seconds": (dated(30), 29),
    "date in the past": (dated(-3600), 1),
    "absent": (lambda _: None, 2),
    "zero": (seconds("0"), 1),
    "negative": (seconds("-10"), 2),
    "a day": (seconds("86400"), 300),
    "a word": (seconds("soon"), 2),
}


@dataclass
class Storm(SimulatedDirectory):
    """A directory behind the instance's real gate for calls, which throttles for a while."""

    header: Header = field(default_factory=lambda: seconds("10"))
    where: frozenset[str] = EVERYWHERE
    statuses: tuple[int, ...] = (_THROTTLED,)
    during: int = 0
    total: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.clock = LoopClock()
        self._gate = GraphCalls(self.clock, concurrency=WORKERS, timeout=20)

    def _answer(self, name: str) -> None:
        self.total += 1
        if self.clock.monotonic() >= STORM or name not in self.where:
            return
        self.during += 1
        value = self.header(self.clock)
        status = self.statuses[self.during % len(self.statuses)]
        raise APIError(response_status_code=status, response_headers={} if value is None else {"Retry-After": value})

    async def read_state(self, user: UserKey) -> UserState | UserAbsent | UserDeleted | UserAmbiguous:
        async def read() -> UserState | UserAbsent | UserDeleted | UserAmbiguous:
            self._answer("read_state")
            return await SimulatedDirectory.read_state(self, user)

        return await self._gate(read)

    async def read_phones(self, user_id: str) -> tuple[StoredPhone, ...]:
        async def read() -> tuple[StoredPhone, ...]:
            self._answer("read_phones")
            return await SimulatedDirectory.read_phones(self, user_id)

        return await self._gate(read)

    async def write(self, user_id: str, write: Write) -> WriteAnswer:
        async def written() -> WriteAnswer:
            self._answer("write")
            return await SimulatedDirectory.write(self, user_id, write)

        try:
            return await self._gate(written)
        except AnswerLostError:
            return WriteAnswer(WriteCertainty.UNCERTAIN)


def weathered(**storm: object) -> tuple[ScriptedSimulation, Storm]:
    """Sends a request for every user into a storm, and drains."""
    simulation = ScriptedSimulation([person(f"p{number}", identity=number) for number in range(USERS)])
    directory = Storm(simulation.people, simulation.history, simulation.faults, **storm)  # type: ignore[arg-type]
    simulation.directory = directory

    async def work() -> None:
        for number in range(USERS):
            name = f"p{number}@contoso.example"
            put(simulation, f"R-{number}", name, user={"userPrincipalName": name})
        await simulation.drained(WORKERS)

    run_jumping(work())
    return simulation, directory


def all_changed(simulation: ScriptedSimulation) -> None:
    assert wrong(simulation) == []
    assert sorted(end[1] for end in ends(simulation)) == ["changed"] * USERS
    assert simulation.broker.parked == {}
    assert all(len(person.phones) == 1 for person in simulation.people)


def ceiling(spacing: float) -> float:
    """Gives the most calls of a storm: one at a time per worker, each after the wait that was asked for."""
    return WORKERS * (STORM / spacing + 2) + USERS


@pytest.mark.parametrize("kind", HEADERS)
def test_a_storm_slows_everybody_down_fails_nobody_and_is_not_answered_by_a_storm(kind: str) -> None:
    header, spacing = HEADERS[kind]
    simulation, directory = weathered(header=header)
    all_changed(simulation)
    assert 0 < directory.during <= ceiling(spacing)
    assert directory.total - directory.during == QUIET_CALLS * USERS
    assert len(simulation.history.of(Op.WRITE)) == USERS


@pytest.mark.parametrize("kind", HEADERS)
def test_a_storm_on_reading_back_alone_writes_nothing_twice(kind: str) -> None:
    header, spacing = HEADERS[kind]
    simulation, directory = weathered(header=header, where=frozenset({"read_phones"}))
    all_changed(simulation)
    assert len(simulation.history.of(Op.WRITE)) == USERS
    assert directory.total <= 2 * ceiling(spacing) + QUIET_CALLS * USERS


@pytest.mark.parametrize("kind", HEADERS)
def test_a_storm_of_429_and_503_fails_nobody(kind: str) -> None:
    """A 503 to a write leaves open whether it was made, so it is read back."""
    header, spacing = HEADERS[kind]
    simulation, directory = weathered(header=header, statuses=(_THROTTLED, _UNAVAILABLE))
    all_changed(simulation)
    assert directory.total <= 2 * ceiling(spacing) + QUIET_CALLS * USERS


def test_everybody_is_served_soon_after_the_storm() -> None:
    """What was put off comes back when it was asked to, not after waits that grew for as long as the storm lasted."""
    simulation, _ = weathered(header=seconds("30"))
    all_changed(simulation)
    finished = [json.loads(event.body)["time"] for event in simulation.broker.topic.values()]
    assert datetime.fromisoformat(max(finished)) <= START + timedelta(seconds=STORM + 120)
