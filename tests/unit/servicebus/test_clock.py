"""Appointments happen at their time, and each for itself."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from local.servicebus.clock import ManualClock, SystemClock
from tests.unit.servicebus.at_hand import dead_letters_of, queue_of, receiving, transit


def test_appointments_happen_in_the_order_of_their_times(clock: ManualClock) -> None:
    happened: list[str] = []
    start = clock.now()
    for name, seconds in (("late", 2), ("early", 1), ("also early", 1)):
        clock.call_at(start + timedelta(seconds=seconds), partial(happened.append, name))
    clock.move(0.5)
    assert happened == []
    clock.move(5)
    assert happened == ["early", "also early", "late"]


def test_an_appointment_that_is_cancelled_does_not_happen(clock: ManualClock) -> None:
    happened: list[str] = []
    clock.call_at(clock.now(), lambda: happened.append("it")).cancel()
    clock.move(1)
    assert happened == []
    assert clock.appointments == 0


def test_an_appointment_that_fails_keeps_no_other_from_happening(clock: ManualClock) -> None:
    happened: list[str] = []
    clock.call_at(clock.now(), lambda: happened.append(str(1 / 0)))
    clock.call_at(clock.now(), lambda: happened.append("the next"))
    with pytest.raises(ExceptionGroup):
        clock.move(1)
    assert happened == ["the next"]


def test_one_broken_lock_does_not_keep_the_others_from_expiring(clock: ManualClock) -> None:
    """A stale lock once ended the one task that all expiries hung on, and nothing expired any more."""
    queue = queue_of(clock)
    receiver = receiving(queue)
    queue.intake.send([transit("broken"), transit("sound")])
    broken = receiver.received[0]
    queue.store.remove(broken)
    broken.delivery_count = "broken"  # type: ignore[assignment] # the point of the test
    with pytest.raises(ExceptionGroup):
        clock.move(60)
    assert receiver.bodies == ["broken", "sound", "sound"]
    assert len(dead_letters_of(queue).store) == 0


async def test_the_system_clock_calls_at_the_time_and_logs_what_fails(caplog: pytest.LogCaptureFixture) -> None:
    clock, happened = SystemClock(), asyncio.Event()
    clock.call_at(clock.now() - timedelta(seconds=1), lambda: print(1 / 0))  # noqa: T201 - it fails before it prints
    clock.call_at(clock.now() + timedelta(milliseconds=10), happened.set)
    await asyncio.wait_for(happened.wait(), 10)
    assert "ZeroDivisionError" in caplog.text
