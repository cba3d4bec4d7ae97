"""Workers' clocks are wrong, jump back, and differ from producers': order is the queue's, and nothing storms."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from azure.servicebus import ServiceBusMessage

from shared.bus.request_queue import BusRequestQueue
from shared.bus.sender import SharedSender
from shared.messages.received import ReceivedMessage
from shared.phone.phone_type import PhoneType
from tests.fakes.clock import START, MovedClock
from tests.fakes.world import KEY, NEW, OLD, person
from tests.simulation.clock import LoopClock
from tests.simulation.every_operation import ended_as_if_nothing_had_been, run
from tests.simulation.honesty import wrong
from tests.simulation.loop import run_jumping
from tests.simulation.operations import ANSWER_LOST, OUT_OF_ORDER, STOP_AFTER, Call, Strike
from tests.simulation.scripted import ScriptedSimulation, ends, put

TEN_MINUTES = timedelta(minutes=10)
CHANGED = ("R-1", "changed", "replaced")


@dataclass(frozen=True)
class JumpingBack(LoopClock):
    """A clock that is ahead until it is put right, or further back, by its operating system."""

    at: float = 5.0
    after: timedelta = timedelta(0)

    def now(self) -> datetime:
        right = START + timedelta(seconds=self.monotonic())
        return right + (self.skew if self.monotonic() < self.at else self.after)


def anna(clock: LoopClock | None = None) -> ScriptedSimulation:
    simulation = ScriptedSimulation([person("anna", phones={PhoneType.MOBILE: OLD})])
    simulation.clock = clock or simulation.clock
    return simulation


def two_changes(simulation: ScriptedSimulation, **fields: Any) -> None:
    async def work() -> None:
        put(simulation, "R-1", phoneNumber="+49 151 11112222", **fields)
        put(simulation, "R-2", **fields)
        await simulation.drained(workers=2)

    run_jumping(work())
    assert wrong(simulation) == []


@pytest.mark.parametrize("skew", [TEN_MINUTES, timedelta(minutes=-4)], ids=["ahead", "behind"])
@pytest.mark.parametrize("strike", [OUT_OF_ORDER, ANSWER_LOST, STOP_AFTER], ids=["fault", "answer lost", "stop"])
def test_a_clock_that_is_wrong_changes_no_end(skew: timedelta, strike: Strike) -> None:
    """The requests were made a minute before the start; a clock further behind refuses them, as is seen below."""

    def decide(call: Call) -> Strike | None:
        return strike if call.port in {"directory", "ledger"} and call.number in {2, 3} else None

    ended_as_if_nothing_had_been(run(decide, skew=skew))


@pytest.mark.parametrize("at", [0.0, 1.0, 5.0, 30.0, 100.0])
@pytest.mark.parametrize("after", [timedelta(0), timedelta(minutes=-3)], ids=["put right", "too far back"])
def test_a_clock_that_jumps_back_breaks_no_order_and_loses_nothing(at: float, after: timedelta) -> None:
    simulation = anna(JumpingBack(TEN_MINUTES, at, after))
    simulation.script.decide = lambda call: OUT_OF_ORDER if call.port == "directory" and call.at < 120 else None
    two_changes(simulation)
    assert [end[1] for end in ends(simulation)][-1] == "changed"
    assert simulation.people[0].phones == {PhoneType.MOBILE: NEW}


@pytest.mark.parametrize("at", [1.0, 30.0])
def test_a_clock_that_jumps_back_under_a_held_user_frees_the_user_in_the_end(at: float) -> None:
    """Two keys, two sessions: the second one waits for a user whom the first one's worker left held."""
    simulation = anna(JumpingBack(TEN_MINUTES, at))
    simulation.script.decide = lambda call: STOP_AFTER if (call.name, call.number) == ("write", 2) else None

    async def work() -> None:
        put(simulation, "R-1", phoneNumber="+49 151 11112222")
        put(simulation, "R-2", "e-anna", user={"employeeId": "E-anna"})
        await simulation.drained(workers=2)

    run_jumping(work())
    assert wrong(simulation) == []
    assert simulation.people[0].phones == {PhoneType.MOBILE: NEW}
    assert simulation.stops == 1


@pytest.mark.parametrize(
    ("ahead", "end"),
    [
        (timedelta(minutes=4), CHANGED),
        (timedelta(minutes=6), ("R-1", "rejected", "requested_in_future")),
        (timedelta(days=30), ("R-1", "rejected", "requested_in_future")),
    ],
    ids=str,
)
def test_a_request_from_the_future_is_done_within_the_tolerance_and_refused_beyond(
    ahead: timedelta, end: tuple[str, str, str]
) -> None:
    simulation = anna()

    async def work() -> None:
        put(simulation, "R-1", requestedAt=(START + ahead).isoformat())
        await simulation.drained()

    run_jumping(work())
    assert wrong(simulation) == []
    assert ends(simulation) == [end]


@pytest.mark.parametrize(
    ("skew", "outcome"), [(timedelta(minutes=-5), "changed"), (-TEN_MINUTES, "rejected"), (TEN_MINUTES, "changed")]
)
def test_a_worker_that_is_too_far_behind_refuses_fresh_requests_and_changes_nothing(
    skew: timedelta, outcome: str
) -> None:
    simulation = ScriptedSimulation([person("anna", phones={PhoneType.MOBILE: OLD})], skew=skew)
    two_changes(simulation)
    assert {end[1] for end in ends(simulation)} == {outcome}
    expected = NEW if outcome == "changed" else OLD
    assert simulation.people[0].phones == {PhoneType.MOBILE: expected}


def test_a_request_whose_time_a_wrong_clock_sees_over_has_expired_and_is_not_written() -> None:
    simulation = ScriptedSimulation([person("anna", phones={PhoneType.MOBILE: OLD})], skew=TEN_MINUTES)
    two_changes(simulation, expiresAt=(START + timedelta(minutes=5)).isoformat())
    assert [end[1:] for end in ends(simulation)] == [("expired", "past_expiry")] * 2
    assert simulation.people[0].phones == {PhoneType.MOBILE: OLD}


def test_a_clock_that_is_behind_for_the_whole_of_a_wait_delays_no_event_for_ever() -> None:
    """The timer looks for events that are older than its grace by its own clock."""
    simulation = anna(JumpingBack(TEN_MINUTES, 2.0, timedelta(minutes=-4)))
    simulation.script.decide = lambda call: OUT_OF_ORDER if call.port == "events" and call.at < 60 else None

    async def work() -> None:
        put(simulation, "R-1")
        await simulation.drained()
        assert asyncio.get_running_loop().time() < 3600

    run_jumping(work())
    assert wrong(simulation) == []
    assert ends(simulation) == [CHANGED]


@pytest.mark.parametrize("skew", [TEN_MINUTES, timedelta(0), -TEN_MINUTES], ids=["ahead", "right", "behind"])
async def test_a_copy_is_scheduled_for_later_whatever_the_workers_clock_says(skew: timedelta) -> None:
    """Else a worker that is behind gets its copies back at once, and they go round as fast as the bus can."""
    sent: list[ServiceBusMessage] = []

    class Sender(SharedSender):
        async def send(self, message: ServiceBusMessage) -> None:
            sent.append(message)

    sender = Sender(lambda: pytest.fail("nothing is opened"))
    message = ReceivedMessage(b"{}", "R-1", "anna", 1, START)
    await BusRequestQueue(sender, sender, MovedClock(START + skew), KEY).postpone(message, timedelta(minutes=2))
    scheduled = sent[0].scheduled_enqueue_time_utc
    assert scheduled is not None
    assert scheduled - START >= timedelta(minutes=2)
