"""What is out of order for a while slows a request down and never fails it before its time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.change.parts import ChangeOptions
from shared.directory_user import UserState
from shared.errors import (
    BusUnavailableError,
    DirectoryThrottledError,
    DirectoryUnavailableError,
    LedgerUnavailableError,
    TransientError,
)
from shared.messages.change_request import UserKey
from shared.outbox.dispatch import DISPATCH_GRACE
from tests.fakes.world import KEY, World


async def test_a_short_wait_is_waited_in_place() -> None:
    world = World()
    world.directory.read_faults = [DirectoryThrottledError(retry_after=3)]
    await world.service.handle(world.message())
    assert world.outcomes() == [("changed", "created")]
    assert world.queue.postponed == []
    assert 3 in world.clock.waits
    assert world.ledger.endings["R-1"].attempts == 2


async def test_a_long_wait_becomes_a_scheduled_copy_and_the_message_is_completed() -> None:
    world = World()
    world.directory.read_faults = [DirectoryThrottledError(retry_after=120)]
    await world.service.handle(world.message())
    assert [delay for delay, _ in world.queue.postponed] == [timedelta(seconds=120)]
    assert world.clock.waits == []


@pytest.mark.parametrize("retry_after", [0.0, -5.0])
async def test_a_retry_after_of_nothing_is_no_invitation_to_storm(retry_after: float) -> None:
    world = World()
    world.directory.read_faults = [DirectoryThrottledError(retry_after=retry_after) for _ in range(500)]
    await world.service.handle(world.message())
    assert world.directory.reads < 250


async def test_throttling_alone_ends_a_request_at_its_expiry_and_not_before() -> None:
    world = World()
    world.directory.read_faults = [DirectoryThrottledError(retry_after=600) for _ in range(1000)]
    message = world.message(expiresAt="2026-11-23T12:00:00Z")
    await world.service.handle(message)
    await world.handle_postponed()
    assert world.outcomes() == [("expired", "past_expiry")]
    assert world.event()["time"].startswith("2026-11-23T12:00:0")


async def test_waiting_in_place_fits_the_budget_of_one_delivery() -> None:
    world = World()
    world.directory.read_faults = [DirectoryThrottledError(retry_after=4) for _ in range(1000)]
    await world.service.handle(world.message())
    assert len(world.queue.postponed) == 1
    spent = world.clock.monotonic() + world.options.longest_pass.total_seconds()
    assert spent <= world.options.process_budget.total_seconds()


@pytest.mark.parametrize("fault", [DirectoryUnavailableError(), LedgerUnavailableError(), DirectoryThrottledError()])
async def test_without_retry_after_the_waits_grow(fault: TransientError) -> None:
    world = World()
    world.directory.read_faults = [fault] * 12
    await world.service.handle(world.message())
    delays = []
    while world.queue.postponed:
        delay, copy = world.queue.postponed.pop(0)
        delays.append(delay)
        world.clock.move(seconds=delay.total_seconds())
        await world.service.handle(copy)
    assert delays == sorted(delays)
    assert delays[-1] == timedelta(minutes=5)
    assert world.outcomes() == [("changed", "created")]


async def test_without_the_ledger_nothing_is_written_and_the_request_waits() -> None:
    world = World()
    world.ledger.claim_faults = [LedgerUnavailableError(retry_after=30)]
    await world.service.handle(world.message())
    assert world.directory.writes == []
    assert len(world.queue.postponed) == 1


async def test_an_event_that_cannot_be_sent_waits_in_the_outbox_and_is_sent_by_the_timer() -> None:
    world = World()
    world.events.faults = [BusUnavailableError()]
    await world.service.handle(world.message())
    assert world.outcomes() == []
    assert await world.outbox.dispatch_unsent() == 0
    world.clock.move(seconds=DISPATCH_GRACE.total_seconds() + 1)
    assert await world.outbox.dispatch_unsent() == 1
    assert world.outcomes() == [("changed", "created")]
    assert await world.outbox.dispatch_unsent() == 0


async def test_the_timer_stops_where_the_bus_is_down_and_loses_nothing() -> None:
    world = World()
    world.events.faults = [BusUnavailableError(), BusUnavailableError()]
    await world.service.handle(world.message())
    world.clock.move(minutes=5)
    assert await world.outbox.dispatch_unsent() == 0
    assert len(world.ledger.outbox) == 1


async def test_a_message_that_can_neither_be_processed_nor_put_off_is_left_to_the_broker() -> None:
    world = World()
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    world.queue.postpone_faults = [BusUnavailableError() for _ in range(100)]
    with pytest.raises(BusUnavailableError):
        await world.service.handle(world.message())


async def test_a_bus_that_takes_no_copy_is_waited_for_so_that_no_delivery_is_burnt_in_a_moment() -> None:
    world = World()
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    world.queue.postpone_faults = [BusUnavailableError() for _ in range(2)]
    await world.service.handle(world.message())
    assert len(world.queue.postponed) == 1
    assert sum(world.clock.waits) >= 2


async def test_whatever_hangs_is_dropped_before_the_lock_is_lost_and_tried_later() -> None:
    world = World(options=ChangeOptions("/test", (KEY,), process_budget=timedelta(milliseconds=50)))
    hanging = asyncio.Event()

    async def never(user: UserKey) -> UserState:
        await hanging.wait()
        raise AssertionError(user)

    world.directory.read_state = never  # type: ignore[method-assign]
    await world.service.handle(world.message())
    assert len(world.queue.postponed) == 1


async def test_a_note_that_a_request_waits_goes_also_where_the_copy_could_not_be_sent() -> None:
    """Redelivered, the message is still the first of its request; an alternate mobile would wait for it for ever."""
    world = World()
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    world.queue.postpone_faults = [BusUnavailableError() for _ in range(100)]
    message = world.message()
    with pytest.raises(BusUnavailableError):
        await world.service.handle(message)
    assert len(world.waiting.waiting) == 1
    await world.service.handle(replace(message, delivery_count=2))
    assert world.waiting.waiting == {}


async def test_two_copies_of_one_request_do_not_multiply() -> None:
    """A worker dies between sending a copy and completing its message: the message comes again, and sends another."""
    world = World()
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60) for _ in range(3)]
    message = world.message()
    await world.service.handle(message)
    await world.service.handle(replace(message, delivery_count=2))
    assert len(world.queue.postponed) == 2
    first, second = (copy for _, copy in world.queue.postponed)
    world.queue.postponed.clear()
    await world.service.handle(first)
    await world.service.handle(second)
    assert len(world.queue.postponed) == 1
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "created")]
    assert world.waiting.waiting == {}


async def test_a_copy_that_was_not_sent_does_not_make_its_message_be_dropped() -> None:
    world = World()
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60) for _ in range(2)]
    await world.service.handle(world.message())
    ((_, copy),) = world.queue.postponed
    world.queue.postponed.clear()
    world.queue.postpone_faults = [BusUnavailableError() for _ in range(100)]
    with pytest.raises(BusUnavailableError):
        await world.service.handle(copy)
    world.queue.postpone_faults = []
    await world.service.handle(replace(copy, delivery_count=2))
    assert world.outcomes() == [("changed", "created")]
