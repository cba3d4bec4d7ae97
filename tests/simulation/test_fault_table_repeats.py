"""The same message again: in a row, at the same time, after its end, after its record is gone, with other content."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import Write
from shared.ports import WriteAnswer
from tests.fakes.world import NEW, OLD, person
from tests.simulation.directory import SimulatedDirectory
from tests.simulation.history import Op
from tests.simulation.honesty import wrong
from tests.simulation.loop import run_jumping
from tests.simulation.scripted import ScriptedSimulation, ends, put

BY_EMPLOYEE_ID = {"employeeId": "E-anna"}
OTHER_AS_WRITTEN, OTHER = "+49 151 11112222", PhoneNumber(49, "15111112222")
RETENTION = timedelta(days=400)
CHANGED = ("R-1", "changed", "replaced")


def anna(**fields: Any) -> ScriptedSimulation:
    return ScriptedSimulation([person("anna", phones={PhoneType.MOBILE: OLD})], **fields)


def drained(simulation: ScriptedSimulation, *sent: Callable[[], object], workers: int = 1) -> None:
    """Sends messages, and drains everything after each of them."""

    async def work() -> None:
        for send in sent:
            send()
            await simulation.drained(workers)

    run_jumping(work())


@dataclass
class Meeting(SimulatedDirectory):
    """A directory in which a write waits for another one to be under way as well, or for half a minute."""

    writing: int = 0
    met: int = 0

    async def write(self, user_id: str, write: Write) -> WriteAnswer:
        self.writing += 1
        self.met = max(self.met, self.writing)
        try:
            async with asyncio.timeout(30):
                while self.writing < 2:  # noqa: ASYNC110 - time costs nothing here
                    await asyncio.sleep(0.1)
        except TimeoutError:
            pass
        answer = await super().write(user_id, write)
        self.writing -= 1
        return answer


def meeting(simulation: ScriptedSimulation) -> Meeting:
    simulation.directory = directory = Meeting(simulation.people, simulation.history, simulation.faults)
    return directory


@pytest.mark.parametrize("times", range(2, 6))
def test_a_message_that_comes_several_times_in_a_row_is_one_change_one_event_and_one_mail(times: int) -> None:
    simulation = anna()
    drained(simulation, lambda: [put(simulation, "R-1") for _ in range(times)])
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED]
    assert len(simulation.history.of(Op.WRITE)) == len(simulation.history.of(Op.MAIL)) == 1


@pytest.mark.parametrize("times", range(2, 6))
def test_a_message_that_comes_again_after_its_end_does_nothing(times: int) -> None:
    simulation = anna()
    drained(simulation, *[lambda: put(simulation, "R-1")] * times)
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED]
    assert len(simulation.history.of(Op.WRITE)) == len(simulation.history.of(Op.EVENT)) == 1


@pytest.mark.parametrize("workers", [2, 3, 5])
def test_copies_in_several_sessions_at_the_same_time_are_one_change(workers: int) -> None:
    """A producer that does not keep to the session of the user has several workers handle one request at once."""
    simulation = anna()
    meeting(simulation)
    sessions = [f"session {number}" for number in range(workers)]
    drained(simulation, lambda: [put(simulation, "R-1", session) for session in sessions], workers=workers)
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED]
    assert len(simulation.history.of(Op.MAIL)) == 1
    assert {happening["value"] for happening in simulation.history.of(Op.WRITE)} == {NEW}


@pytest.mark.parametrize("first", [0, 1], ids=["by name first", "by employee id first"])
def test_one_id_under_two_user_keys_at_the_same_time_runs_once_and_is_refused_once(first: int) -> None:
    simulation = anna()
    directory = meeting(simulation)
    sends = [
        lambda: put(simulation, "R-1"),
        lambda: put(simulation, "R-1", "e-anna", user=BY_EMPLOYEE_ID, phoneNumber=OTHER_AS_WRITTEN),
    ]
    drained(simulation, lambda: [sends[first](), sends[1 - first]()], workers=2)
    assert wrong(simulation) == []
    assert sorted(ends(simulation)) == [CHANGED, ("R-1", "rejected", "request_id_reused")]
    assert simulation.people[0].phones[PhoneType.MOBILE] == (NEW, OTHER)[first]
    assert directory.met == 1


def test_two_ids_under_two_user_keys_do_not_write_at_the_same_time_and_the_newer_one_wins() -> None:
    simulation = anna()
    directory = meeting(simulation)
    drained(
        simulation,
        lambda: [
            put(simulation, "R-1"),
            put(simulation, "R-2", "e-anna", user=BY_EMPLOYEE_ID, phoneNumber=OTHER_AS_WRITTEN),
        ],
        workers=2,
    )
    assert wrong(simulation) == []
    assert simulation.people[0].phones[PhoneType.MOBILE] == OTHER
    assert directory.met == 1


def test_the_same_content_under_another_id_finds_its_number_in_place() -> None:
    simulation = anna()
    drained(simulation, lambda: put(simulation, "R-1"), lambda: put(simulation, "R-2"))
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED, ("R-2", "already_correct", "same_number")]


def test_the_same_id_with_other_content_is_refused_however_often_it_comes() -> None:
    simulation = anna()
    reused = [lambda: put(simulation, "R-1", phoneNumber=OTHER_AS_WRITTEN)] * 3
    drained(simulation, lambda: put(simulation, "R-1"), *reused)
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED, ("R-1", "rejected", "request_id_reused")]
    assert simulation.people[0].phones[PhoneType.MOBILE] == NEW


async def after_the_retention(simulation: ScriptedSimulation, *, marks_too: bool) -> None:
    """Lets the retention pass, and purges what is past it."""
    await asyncio.sleep(RETENTION.total_seconds() + 1)
    now = simulation.clock.now()
    assert await simulation.state.ledger.purge(now) > 0
    if marks_too:
        simulation.state.marks.marks.clear()


@pytest.mark.parametrize("marks_too", [False, True], ids=["watermark kept", "watermark gone"])
def test_a_repeat_after_the_retention_has_expired_and_does_not_bring_an_old_number_back(marks_too: bool) -> None:  # noqa: FBT001 - from a table
    """The honest exception: it gets a second event, under another id, that tells that nothing was done."""
    simulation = anna()

    async def work() -> None:
        body = put(simulation, "R-1")
        await simulation.drained()
        put(simulation, "R-2", phoneNumber=OTHER_AS_WRITTEN)
        await simulation.drained()
        await after_the_retention(simulation, marks_too=marks_too)
        simulation.broker.put(body, "R-1", "anna@contoso.example")
        await simulation.drained()

    run_jumping(work())
    assert ends(simulation)[2:] == [("R-1", "expired", "past_expiry")]
    assert simulation.people[0].phones[PhoneType.MOBILE] == OTHER
    assert len(simulation.history.of(Op.WRITE)) == 2


def test_a_copy_that_outlived_its_record_is_stopped_by_the_watermark() -> None:
    """A record that is gone too soon: the copy still carries its first place, and a newer request has the mark."""
    simulation = anna()

    async def work() -> None:
        put(simulation, "R-1")
        received = simulation.broker.receive()
        assert received is not None
        entry, message = received
        await simulation.broker.postpone(message, timedelta(minutes=5))
        simulation.broker.complete(entry)
        put(simulation, "R-2", phoneNumber=OTHER_AS_WRITTEN)
        await asyncio.sleep(200)
        await simulation.step()
        simulation.state.ledger.records.clear()
        await simulation.drained()

    run_jumping(work())
    assert wrong(simulation) == []
    assert ends(simulation) == [("R-2", "changed", "replaced"), ("R-1", "superseded", "newer_request")]
    assert simulation.people[0].phones[PhoneType.MOBILE] == OTHER
