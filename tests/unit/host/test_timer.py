import asyncio
import json
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from local.clock import ManualClock
from local.host.bindings import Function, TimerTrigger
from local.host.invocation import Invocation, Invoker
from local.host.listeners.stop_signal import StopSignal
from local.host.listeners.timer import TimerListener
from local.host.schedule_monitor import ScheduleMonitor, ScheduleStatus
from local.serving import CannotStartError


class RecordingInvoker:
    """Notes what a timer hands to its function, and stops the host after some invocations."""

    def __init__(self, clock: ManualClock, stop: StopSignal, *, calls: int, seconds_each: float = 0) -> None:
        self.infos: list[dict[str, Any]] = []
        self.times: list[str] = []
        self._clock = clock
        self._stop = stop
        self._calls = calls
        self._seconds_each = seconds_each
        self._running = False

    async def invoke(self, invocation: Invocation) -> bool:
        assert not self._running, "a timer must not run twice at a time"
        self._running = True
        self.infos.append(json.loads(str(invocation.data.value)))
        self.times.append(f"{self._clock.now():%H:%M:%S}")
        self._clock.move(self._seconds_each)
        await asyncio.sleep(0)
        self._running = False
        if len(self.infos) == self._calls:
            self._stop.set()
        return True


async def run(
    schedule: str,
    *,
    calls: int,
    run_on_startup: bool = False,
    seconds_each: float = 0,
    statuses: dict[str, ScheduleStatus] | None = None,
) -> tuple[RecordingInvoker, ScheduleMonitor]:
    """Runs a timer from 09:00:00 on until it was invoked that often."""
    clock, stop = ManualClock(), StopSignal()
    invoker = RecordingInvoker(clock, stop, calls=calls, seconds_each=seconds_each)
    monitor = ScheduleMonitor(clock, statuses or {})
    trigger = TimerTrigger("timer", schedule, run_on_startup=run_on_startup)
    listener = TimerListener(Function("f", "id", trigger), trigger, cast("Invoker", invoker), stop, monitor)
    await listener.open()
    await asyncio.wait_for(listener.run(), 10)
    return invoker, monitor


async def test_a_timer_fires_at_its_occurrences() -> None:
    invoker, _ = await run("0 */5 * * * *", calls=3)
    assert invoker.times == ["09:05:00", "09:10:00", "09:15:00"]


async def test_a_constant_schedule_fires_after_each_distance() -> None:
    invoker, _ = await run("00:00:05", calls=2)
    assert invoker.times == ["09:00:05", "09:00:10"]


async def test_run_on_startup_fires_at_once_and_then_by_the_schedule() -> None:
    invoker, _ = await run("0 */5 * * * *", calls=2, run_on_startup=True)
    assert invoker.times == ["09:00:00", "09:05:00"]
    assert not invoker.infos[0]["IsPastDue"]


async def test_a_run_longer_than_the_schedule_is_followed_by_one_more_at_once_never_by_two_at_a_time() -> None:
    invoker, _ = await run("0 * * * * *", calls=3, seconds_each=150)
    assert invoker.times == ["09:01:00", "09:03:30", "09:06:00"]


async def test_an_occurrence_that_was_missed_is_made_up_for_as_past_due() -> None:
    missed = ScheduleStatus(next=datetime(2026, 11, 23, 8, 55, tzinfo=UTC), last=datetime(2026, 11, 23, 8, tzinfo=UTC))
    invoker, monitor = await run("0 */5 * * * *", calls=2, statuses={"f": missed})
    assert invoker.times == ["09:00:00", "09:05:00"]
    assert [info["IsPastDue"] for info in invoker.infos] == [True, False]
    assert invoker.infos[0]["ScheduleStatus"]["Next"] == "2026-11-23T08:55:00+00:00"
    assert monitor.statuses["f"].next == datetime(2026, 11, 23, 9, 10, tzinfo=UTC)


async def test_a_new_process_remembers_nothing_and_is_never_past_due() -> None:
    invoker, _ = await run("0 */5 * * * *", calls=1)
    assert invoker.infos == [
        {
            "Schedule": {"AdjustForDST": True},
            "ScheduleStatus": {
                "Last": "0001-01-01T00:00:00",
                "Next": "2026-11-23T09:05:00+00:00",
                "LastUpdated": "0001-01-01T00:00:00",
            },
            "IsPastDue": False,
        }
    ]


async def test_a_frequent_timer_has_no_status() -> None:
    invoker, monitor = await run("*/5 * * * * *", calls=1)
    assert invoker.infos[0]["ScheduleStatus"] is None
    assert not monitor.statuses


def test_a_schedule_that_cannot_be_read_is_refused_with_the_function_s_name() -> None:
    trigger = TimerTrigger("timer", "now and then")
    with pytest.raises(CannotStartError, match=r"^Function f has no valid schedule: 'now and then' has 3 fields"):
        TimerListener(
            Function("f", "id", trigger), trigger, cast("Invoker", None), StopSignal(), ScheduleMonitor(ManualClock())
        )
