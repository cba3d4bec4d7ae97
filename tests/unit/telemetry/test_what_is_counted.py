"""What becomes of a request is counted once, and stands on the span of its delivery."""

from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import Mock

import pytest

from shared.errors import (
    BusUnavailableError,
    DirectoryThrottledError,
    LedgerUnavailableError,
    MessageTooLargeError,
    RequestHeldError,
    VaultRefusedError,
    VaultUnavailableError,
)
from shared.messages.received import ReceivedMessage
from shared.outbox.dispatch import OutboxService
from shared.phone.phone_type import PhoneType
from shared.ports import UnsentEvent
from shared.telemetry.changes import reason_of
from shared.telemetry.deliveries import Delivery, processing, ticking
from shared.vault.counting import counted_calls
from tests.fakes.directory import WRITTEN
from tests.fakes.world import NEW, World
from tests.scenario.test_holds import held
from tests.scenario.test_holds import world as holding_world
from tests.unit.telemetry.conftest import Told


def values(told: Told, metric: str) -> dict[tuple[str, ...], Any]:
    """Gives a counter's values, or a histogram's least and most, by its attributes' values."""
    return {tuple(str(value) for _, value in key): _figure(point) for key, point in told.points(metric).items()}


def _figure(point: Any) -> Any:
    return point.value if hasattr(point, "value") else (point.min, point.max)


async def delivered(world: World, message: ReceivedMessage) -> None:
    with processing(Delivery("process_change", "phone-changes", message.message_id, 1, None, "")):
        await world.service.handle(message)


def delivery_attributes(told: Told) -> dict[str, Any]:
    return dict(told.spans["process phone-changes"].attributes or {})


async def test_an_outcome_is_counted_with_its_code_and_stands_on_the_span(told: Told) -> None:
    await delivered(world := World(), world.message())
    assert values(told, "mfaphone.request.outcomes") == {("created", "set", "changed"): 1}
    found = delivery_attributes(told)
    assert {name: found[name] for name in found if name.startswith(("mfaphone.", "user."))} == {
        "mfaphone.request.id": "R-1",
        "mfaphone.operation": "set",
        "mfaphone.phone_type": "mobile",
        "mfaphone.requested_by": "workday",
        "mfaphone.dry_run": False,
        "mfaphone.attempt": 1,
        "mfaphone.outcome": "changed",
        "mfaphone.code": "created",
        "mfaphone.age_s": 0.0,
        "user.id": world.people[0].user.id,
    }


async def test_every_step_that_runs_is_a_span_within_the_delivery(told: Told) -> None:
    await delivered(world := World(), world.message())
    steps = [name for name in told.spans if name.startswith("mfaphone.")]
    assert steps == [
        f"mfaphone.{step}"
        for step in (
            *("decode", "claim", "read_directory", "plan", "watermark", "write", "read_back", "finish", "dispatch"),
            "mark_dispatched",
        )
    ]


async def test_age_counts_from_the_first_arrival_to_the_outcome_over_all_copies(told: Told) -> None:
    world = World()
    world.directory.read_faults = [DirectoryThrottledError(retry_after=120)]
    await delivered(world, world.message())
    ((delay, copy),) = world.queue.postponed
    world.clock.move(seconds=delay.total_seconds())
    await delivered(world, copy)
    (age,) = told.points("mfaphone.request.duration").values()
    assert (age.count, age.sum >= delay.total_seconds()) == (1, True)


async def test_a_message_that_is_put_off_says_for_how_long_and_why(told: Told) -> None:
    world = World()
    world.directory.read_faults = [DirectoryThrottledError(retry_after=120)]
    await delivered(world, world.message())
    assert values(told, "mfaphone.request.put_off") == {("directory_throttled",): 1}
    found = delivery_attributes(told)
    assert (found["mfaphone.put_off_s"], found["mfaphone.reason"]) == (120.0, "directory_throttled")
    assert "mfaphone.outcome" not in found


async def test_a_write_that_the_first_read_shows_is_confirmed_at_once(told: Told) -> None:
    await (world := World()).service.handle(world.message())
    assert values(told, "mfaphone.write.confirmations") == {("at_once",): 1}


async def test_a_write_that_a_later_read_shows_is_confirmed_late(told: Told) -> None:
    world = World()
    world.directory.answers = [(False, WRITTEN)]
    world.clock.at(2, lambda: world.people[0].phones.update({PhoneType.MOBILE: NEW}))
    await world.service.handle(world.message())
    assert values(told, "mfaphone.write.confirmations") == {("late",): 1}


async def test_a_write_that_never_shows_is_not_confirmed(told: Told) -> None:
    world = World()
    world.directory.answers = [(False, WRITTEN)] * 100
    await world.service.handle(world.message(expiresAt="2026-11-23T09:30:00Z"))
    await world.handle_postponed()
    assert values(told, "mfaphone.write.confirmations") == {("not_confirmed",): 1}


async def test_holds_and_approvals_are_counted(told: Told) -> None:
    found = await held(holding_world())
    await found.approvals.handle(found.approval())
    assert values(told, "mfaphone.request.held") == {("cool_down",): 1}
    assert values(told, "mfaphone.approval.answers") == {("approved",): 1}


async def test_events_that_are_not_sent_have_a_number_and_an_age_and_zeros_when_they_are(told: Told) -> None:
    world = World()
    world.events.faults = [BusUnavailableError()] * 3
    await world.service.handle(world.message())
    world.clock.move(seconds=90)
    await world.outbox.dispatch_unsent()
    assert values(told, "mfaphone.outbox.unsent") == {(): (1, 1)}
    assert values(told, "mfaphone.outbox.age")[()][0] >= 90
    world.events.faults = []
    await world.outbox.dispatch_unsent()
    assert values(told, "mfaphone.outbox.unsent") == {(): (0, 1)}
    assert values(told, "mfaphone.outbox.age")[()][0] == 0.0


async def test_a_tick_says_on_its_span_how_outbox_and_brake_stand(told: Told) -> None:
    world = World()
    world.events.faults = [BusUnavailableError()] * 3
    await world.service.handle(world.message())
    world.clock.move(seconds=90)
    with ticking("dispatch_outbox"):
        await world.outbox.dispatch_unsent()
        await world.brake.tell()
    found = told.spans["run dispatch_outbox"].attributes or {}
    assert (found["mfaphone.outbox.unsent"], found["mfaphone.brake.engaged"]) == (1, 0)
    assert float(str(found["mfaphone.outbox.age"])) >= 90


async def test_a_tick_that_cannot_read_the_outbox_claims_nothing_about_it(told: Told) -> None:
    async def unread(_: object) -> AsyncIterator[UnsentEvent]:
        for fault in (LedgerUnavailableError(),):
            raise fault
        yield UnsentEvent("", world.events.sent[0])

    world, outbox = World(), Mock()
    outbox.unsent = unread
    await OutboxService(world.clock, outbox, world.events).dispatch_unsent()
    assert values(told, "mfaphone.outbox.age") == {}


async def test_an_event_that_can_never_be_sent_keeps_no_other_one_waiting(told: Told) -> None:
    world = World()
    world.events.faults = [BusUnavailableError()] * 2
    for number, request_id in enumerate(("R-1", "R-2")):
        await world.service.handle(world.message(request_id, phoneNumber=f"+49 1520 987654{number}"))
    assert world.events.faults == []
    world.clock.move(seconds=90)
    faults: list[Any] = [MessageTooLargeError()]
    world.events.faults = faults
    assert await world.outbox.dispatch_unsent() == 1
    assert values(told, "mfaphone.outbox.unsent") == {(): (1, 1)}


async def test_the_brake_is_told_at_every_tick_engaged_or_not(told: Told) -> None:
    world = World()
    await world.brake.tell()
    assert values(told, "mfaphone.brake.engaged") == {(): (0, 0)}
    await world.brake.engage("anna", "Stop.")
    await world.brake.tell()
    assert values(told, "mfaphone.brake.engaged") == {(): (0, 1)}


async def test_uses_of_the_key_are_counted_by_what_became_of_them(told: Told) -> None:
    async with counted_calls():
        pass
    for fault in (VaultRefusedError("No.", status=403, code="Forbidden"), VaultUnavailableError()):
        with pytest.raises(type(fault)):
            async with counted_calls():
                raise fault
    assert values(told, "mfaphone.vault.calls") == {("done",): 1, ("refused",): 1, ("unavailable",): 1}


def test_a_reason_is_the_faults_class_in_words() -> None:
    assert reason_of(RequestHeldError(retry_after=1)) == "request_held"
    assert reason_of(TimeoutError()) == "timeout"
