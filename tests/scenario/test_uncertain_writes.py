"""An uncertain write is never assumed: only a read decides."""

import pytest

from shared.errors import DirectoryRefusedError, DirectoryThrottledError, DirectoryUnavailableError
from shared.phone.phone_type import PhoneType
from shared.ports import WriteAnswer, WriteCertainty
from tests.fakes.directory import WRITTEN
from tests.fakes.world import NEW, OLD, World, person

CONFLICT = WriteAnswer(WriteCertainty.UNCERTAIN, 409, "phoneNumberNotUnique")
LOST = WriteAnswer(WriteCertainty.UNCERTAIN)


async def test_a_409_that_has_written_is_a_change_with_a_warning() -> None:
    """Field failure: Graph reports phoneNumberNotUnique although the MFA number was written."""
    world = World()
    world.directory.answers = [(True, CONFLICT)]
    await world.service.handle(world.message())
    assert world.outcomes() == [("changed", "created")]
    assert world.event()["data"]["warnings"] == ["sms_sign_in_not_registered"]


async def test_a_409_that_has_not_written_fails_and_is_parked() -> None:
    world = World()
    world.directory.answers = [(False, CONFLICT)]
    await world.service.handle(world.message())
    assert world.outcomes() == [("failed", "number_not_unique")]
    assert [verdict.code for _, verdict in world.queue.parked.values()] == ["number_not_unique"]


async def test_a_lost_answer_to_a_write_that_landed_is_a_change() -> None:
    world = World()
    world.directory.answers = [(True, LOST)]
    await world.service.handle(world.message())
    assert world.outcomes() == [("changed", "created")]
    assert len(world.directory.writes) == 1


async def test_a_lost_answer_to_a_write_that_did_not_land_is_written_again() -> None:
    world = World()
    world.directory.answers = [(False, LOST)]
    await world.service.handle(world.message())
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "created")]
    assert world.phone() == NEW


async def test_a_write_that_shows_late_is_a_change_by_this_request_also_in_a_later_attempt() -> None:
    """The later attempt finds the number in place: it recognises its own work."""
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    world.directory.answers = [(False, WRITTEN)] * 10
    await world.service.handle(world.message())
    assert world.outcomes() == []
    world.people[0].phones[PhoneType.MOBILE] = NEW
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "replaced")]
    assert world.event()["data"]["previousMaskedNumber"] == OLD.masked()
    assert world.directory.writes == []


async def test_a_write_that_never_shows_fails_at_expiry_instead_of_being_called_expired() -> None:
    world = World()
    world.directory.answers = [(False, WRITTEN)] * 100
    await world.service.handle(world.message(expiresAt="2026-11-23T09:30:00Z"))
    await world.handle_postponed()
    assert world.outcomes() == [("failed", "not_confirmed")]


async def test_a_write_that_landed_counts_also_after_the_requests_expiry() -> None:
    world = World()
    world.directory.answers = [(True, LOST)]
    world.directory.read_back_faults = [DirectoryUnavailableError(retry_after=3600)]
    await world.service.handle(world.message(expiresAt="2026-11-23T09:05:00Z"))
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "created")]


async def test_throttling_on_the_read_back_alone_neither_fails_nor_writes_twice() -> None:
    world = World()
    world.directory.read_back_faults = [DirectoryThrottledError(retry_after=30)]
    await world.service.handle(world.message())
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "created")]
    assert len(world.directory.writes) == 1


async def test_a_refusal_that_rests_on_a_stale_read_is_planned_anew() -> None:
    """POST is refused because somebody else has just added a phone of that type: now it is a replacement."""
    world = World()
    world.directory.answers = [(False, WriteAnswer(WriteCertainty.REFUSED, 400, "badRequest"))]
    world.directory.before_write = lambda: world.people[0].phones.setdefault(PhoneType.MOBILE, OLD)
    await world.service.handle(world.message())
    assert world.outcomes() == [("changed", "replaced")]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (WriteAnswer(WriteCertainty.REFUSED, 403, "accessDenied"), "directory_refused"),
        (WriteAnswer(WriteCertainty.REFUSED, 400, "defaultMethod"), "default_method"),
    ],
)
async def test_a_plain_refusal_fails_at_first_sight_and_is_parked_with_the_body_intact(
    answer: WriteAnswer, code: str
) -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    world.directory.answers = [(False, answer)]
    message = world.message()
    await world.service.handle(message)
    assert world.outcomes() == [("failed", code)]
    ((parked, verdict),) = world.queue.parked.values()
    assert parked.body == message.body
    assert NEW.national not in verdict.message


async def test_a_refused_read_fails_and_is_parked() -> None:
    world = World()
    world.directory.read_faults = [DirectoryRefusedError(status=403, code="Authorization_RequestDenied")]
    await world.service.handle(world.message())
    assert world.outcomes() == [("failed", "directory_refused")]
    assert len(world.queue.parked) == 1


async def test_the_wait_for_a_write_to_show_is_bounded() -> None:
    world = World()
    world.directory.answers = [(False, WRITTEN)] * 10
    await world.service.handle(world.message())
    assert sum(world.clock.waits) <= world.options.process_budget.total_seconds()
