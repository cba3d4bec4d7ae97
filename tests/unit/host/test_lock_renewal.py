import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from azure.servicebus.exceptions import MessageLockLostError, ServiceBusConnectionError, ServiceBusError

from local.clock import ManualClock
from local.host.lock_renewal import pause_before_renewal, renewing


@dataclass
class FakeLock:
    """A lock of 30 s that notes when it is renewed."""

    clock: ManualClock
    faults: list[ServiceBusError] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._until = self.clock.now() + timedelta(seconds=30)

    @property
    def locked_until(self) -> datetime:
        return self._until

    async def renew(self) -> None:
        self.renewed.append(f"{self.clock.now():%M:%S}")
        if self.faults:
            raise self.faults.pop(0)
        self._until = self.clock.now() + timedelta(seconds=30)


async def hold(lock: FakeLock, longest: timedelta | None, seconds: float) -> None:
    """Holds a lock until the clock has moved that far, or nobody moves it any more."""
    start = lock.clock.now()
    async with renewing(lock, longest, lock.clock):
        for _ in range(200):
            await asyncio.sleep(0)
            if (lock.clock.now() - start).total_seconds() >= seconds:
                break


async def test_a_lock_is_renewed_ten_seconds_before_its_end_again_and_again() -> None:
    lock = FakeLock(ManualClock())
    await hold(lock, timedelta(minutes=5), 65)
    assert lock.renewed[:3] == ["00:20", "00:40", "01:00"]


async def test_renewal_ends_after_the_longest_duration() -> None:
    lock = FakeLock(ManualClock())
    await hold(lock, timedelta(seconds=50), 1000)
    assert lock.renewed == ["00:20", "00:40"]


async def test_without_a_limit_renewal_goes_on() -> None:
    lock = FakeLock(ManualClock())
    await hold(lock, None, 1000)
    assert len(lock.renewed) >= 49


async def test_a_lost_lock_is_said_once_and_not_renewed_again(caplog: pytest.LogCaptureFixture) -> None:
    lock = FakeLock(ManualClock(), faults=[MessageLockLostError()])
    await hold(lock, None, 1000)
    assert lock.renewed == ["00:20"]
    assert [record.levelname for record in caplog.records] == ["WARNING"]


async def test_a_passing_fault_is_tried_again_while_the_lock_lasts() -> None:
    lock = FakeLock(ManualClock(), faults=[ServiceBusConnectionError()])
    await hold(lock, None, 26)
    assert lock.renewed[:2] == ["00:20", "00:25"]


async def test_nothing_is_renewed_after_the_block() -> None:
    lock = FakeLock(ManualClock())
    await hold(lock, None, 0)
    renewed = list(lock.renewed)
    for _ in range(20):
        await asyncio.sleep(0)
    assert lock.renewed == renewed


@pytest.mark.parametrize(("left", "pause"), [(60, 50), (20, 10), (5, 2.5), (0.5, 0.4), (-3, 0.4)])
def test_a_short_lock_is_renewed_at_half_time(left: float, pause: float) -> None:
    assert pause_before_renewal(timedelta(seconds=left)).total_seconds() == pause
