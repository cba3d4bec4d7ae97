"""Sessions: order in each, several at a time, let go when idle, locked while they are worked on."""

import asyncio

import pytest

from tests.contract.host.bus import LOCK_SECONDS, MAX_DELIVERIES, Bus, told
from tests.contract.host.host_process import SECONDS_TO_WAIT, HostProcess

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("host-sessions")]

SESSIONS_AT_A_TIME = 4


async def test_a_session_keeps_its_order_and_runs_one_message_at_a_time(bus: Bus, observer: HostProcess) -> None:
    await bus.send("ordered", *(told(f"one-{n}", "one", do="sleep", seconds=0.05) for n in range(6)))
    await observer.wait_for(6, function="ordered", event="end", session="one")
    steps = [(record["event"], record["id"]) for record in observer.records(function="ordered", session="one")]
    assert steps == [(event, f"one-{n}") for n in range(6) for event in ("begin", "end")]


async def test_order_survives_a_failure(bus: Bus, observer: HostProcess) -> None:
    await bus.send("events", told("first", "failing", do="fail"), told("second", "failing"))
    await observer.wait_for(function="event_by_user", event="end", id="second")
    begins = [record["id"] for record in observer.records(function="event_by_user", session="failing", event="begin")]
    assert begins == ["first"] * MAX_DELIVERIES + ["second"]


async def test_several_sessions_run_at_a_time(bus: Bus, observer: HostProcess) -> None:
    sessions = [f"parallel-{n}" for n in range(SESSIONS_AT_A_TIME)]
    await bus.send("ordered", *(told(session, session, do="sleep", seconds=2) for session in sessions))
    ends = [(await observer.wait_for(event="end", session=session))[0]["time"] for session in sessions]
    begins = [observer.records(event="begin", session=session)[0]["time"] for session in sessions]
    assert max(begins) < min(ends)


async def test_idle_sessions_are_let_go_for_others(bus: Bus, observer: HostProcess) -> None:
    sessions = [f"turn-{n}" for n in range(2 * SESSIONS_AT_A_TIME)]
    await bus.send("ordered", *(told(session, session) for session in sessions))
    for session in sessions:
        await observer.wait_for(event="end", session=session)
    await bus.send("ordered", told("again", "turn-0"))
    await observer.wait_for(event="end", id="again")


async def test_an_idle_session_is_free_for_another_receiver(bus: Bus, observer: HostProcess) -> None:
    await bus.send("events", told("idle", "idle"))
    await observer.wait_for(function="event_by_user", event="end", id="idle")
    async with asyncio.timeout(SECONDS_TO_WAIT):
        await bus.accept("events", "by-user", "idle")


async def test_a_long_function_keeps_the_lock_of_its_session(bus: Bus, observer: HostProcess) -> None:
    await bus.send("ordered", told("long", "long", do="sleep", seconds=LOCK_SECONDS + 1), told("after", "long"))
    await observer.wait_for(function="ordered", event="end", id="after")
    steps = [(record["event"], record["id"]) for record in observer.records(session="long")]
    assert steps == [("begin", "long"), ("end", "long"), ("begin", "after"), ("end", "after")]


async def test_an_app_that_blocks_its_own_loop_does_not_cost_the_lock(bus: Bus, observer: HostProcess) -> None:
    await bus.send("ordered", told("rude", "rude", do="block", seconds=LOCK_SECONDS + 1))
    await observer.wait_for(function="ordered", event="end", id="rude")
    await bus.send("ordered", told("polite", "rude"))
    await observer.wait_for(function="ordered", event="end", id="polite")
    assert len(observer.records(function="ordered", event="begin", id="rude")) == 1
