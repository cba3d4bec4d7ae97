"""A request that was about to write never says afterwards that nothing was changed, unless that is certain."""

from dataclasses import replace

from shared.backoff import LATE_WRITE
from shared.errors import DirectoryRefusedError, DirectoryThrottledError, DirectoryUnavailableError
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.ports import WriteAnswer, WriteCertainty
from tests.fakes.directory import WRITTEN
from tests.fakes.world import NEW, OLD, World, person, policy

LOST = WriteAnswer(WriteCertainty.UNCERTAIN)
REFUSED = WriteAnswer(WriteCertainty.REFUSED, 403, "accessDenied")
DEFAULT = WriteAnswer(WriteCertainty.REFUSED, 400, "defaultMethod")
OTHER = PhoneNumber(49, "15111112222")


async def put_off_after_a_lost_write(world: World) -> None:
    world.directory.answers = [(False, LOST)] * 10
    await world.service.handle(world.message())
    assert world.outcomes() == []
    world.directory.answers = []


async def test_a_user_who_is_gone_after_a_lost_write_is_not_called_unchanged() -> None:
    world = World()
    await put_off_after_a_lost_write(world)
    world.people.clear()
    await world.handle_postponed()
    assert world.outcomes() == [("failed", "not_confirmed")]
    assert "No such user" in world.event()["data"]["message"]


async def test_a_policy_that_forbids_it_after_a_lost_write_does_not_call_it_rejected() -> None:
    world = World()
    await put_off_after_a_lost_write(world)
    world.loaded_policy = policy(requesters={"servicedesk": ["set"]})
    await world.handle_postponed()
    assert world.outcomes() == [("failed", "not_confirmed")]
    assert len(world.queue.parked) == 1


async def test_a_refused_read_after_a_lost_write_does_not_call_it_refused() -> None:
    world = World()
    await put_off_after_a_lost_write(world)
    world.directory.read_faults = [DirectoryRefusedError(status=403, code="accessDenied")]
    await world.handle_postponed()
    assert world.outcomes() == [("failed", "not_confirmed")]


async def test_a_refused_write_after_a_lost_write_does_not_call_it_refused() -> None:
    world = World()
    await put_off_after_a_lost_write(world)
    world.directory.answers = [(False, REFUSED)]
    await world.handle_postponed()
    assert world.outcomes() == [("failed", "not_confirmed")]


async def test_a_refused_read_back_leaves_a_doubt() -> None:
    world = World()
    world.directory.read_back_faults = [DirectoryRefusedError(status=403, code="accessDenied")]
    await world.service.handle(world.message())
    assert world.outcomes() == [("failed", "not_confirmed")]


async def test_a_write_that_was_certainly_not_made_leaves_no_doubt_behind() -> None:
    """Throttled until its time is over: it has expired, and nothing was changed."""
    world = World()
    world.directory.answers = [(False, DirectoryThrottledError(retry_after=600))] * 100
    await world.service.handle(world.message(expiresAt="2026-11-23T12:00:00Z"))
    await world.handle_postponed()
    assert world.outcomes() == [("expired", "past_expiry")]


async def test_a_removal_that_stops_half_way_says_what_is_gone_and_what_is_not() -> None:
    phones = {PhoneType.MOBILE: OLD, PhoneType.OFFICE: NEW}
    world = World([person("anna", phones=phones)])
    world.directory.answers = [(True, WRITTEN), (False, DEFAULT)]
    await world.service.handle(world.message(operation="remove", phoneNumber=None))
    assert world.outcomes() == [("failed", "partly_removed")]
    assert "Removed: office. Still there: mobile." in world.event()["data"]["message"]
    assert world.people[0].phones == {PhoneType.MOBILE: OLD}


async def test_a_removal_that_is_throttled_half_way_goes_on_with_the_rest() -> None:
    phones = {PhoneType.MOBILE: OLD, PhoneType.OFFICE: NEW}
    world = World([person("anna", phones=phones)])
    world.directory.answers = [(True, WRITTEN), (False, DirectoryThrottledError(retry_after=30))]
    await world.service.handle(world.message(operation="remove", phoneNumber=None))
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "removed")]
    assert world.people[0].phones == {}
    assert len(world.directory.writes) == 2


async def test_a_lost_write_holds_the_users_session_until_it_can_no_longer_take_effect() -> None:
    """Graph gives up after 60 s: a newer request must not write before that, or the lost one would overwrite it."""
    world = World()
    world.directory.answers = [(False, LOST)]
    world.directory.read_back_faults = [DirectoryUnavailableError(retry_after=900)] * 3
    sent: list[float] = []
    world.directory.before_write = lambda: sent.append(world.clock.monotonic())
    await world.service.handle(world.message("R-1"))
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "created")]
    assert sent[1] - sent[0] >= LATE_WRITE


async def test_a_lost_write_that_lands_within_its_time_counts_and_a_newer_request_wins_after_it() -> None:
    world = World()
    world.directory.answers = [(False, LOST)]
    world.clock.at(50, lambda: world.people[0].phones.update({PhoneType.MOBILE: NEW}))
    await world.service.handle(world.message("R-1"))
    assert world.outcomes() == [("changed", "created")]
    await world.service.handle(world.message("R-2", phoneNumber="+49 151 11112222"))
    assert world.phone() == OTHER


async def test_a_stale_answer_to_create_is_planned_anew_with_the_number_that_stood_there() -> None:
    world = World()
    world.directory.answers = [(False, WriteAnswer(WriteCertainty.REFUSED, 400, "badRequest"))]
    world.directory.before_write = lambda: world.people[0].phones.setdefault(PhoneType.MOBILE, OLD)
    await world.service.handle(world.message())
    assert world.outcomes() == [("changed", "replaced")]
    assert world.event()["data"]["previousMaskedNumber"] == OLD.masked()


async def test_the_number_that_stood_there_before_a_lost_write_is_still_told() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    await put_off_after_a_lost_write(world)
    await world.handle_postponed()
    assert world.event()["data"]["previousMaskedNumber"] == OLD.masked()


async def test_a_person_gets_the_copy_only_of_the_ending_that_was_written_down() -> None:
    """The ledger fails while the failure is written down; the next try finds the write in place."""
    world = World()
    world.directory.answers = [(False, WriteAnswer(WriteCertainty.UNCERTAIN, 409, "phoneNumberNotUnique"))]
    world.ledger.finish_faults = [DirectoryUnavailableError(retry_after=30)]
    await world.service.handle(world.message())
    world.people[0].phones[PhoneType.MOBILE] = NEW
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "created")]
    assert world.queue.parked == {}


async def test_a_copy_for_a_person_that_was_not_sent_is_sent_by_the_next_delivery() -> None:
    world = World()
    world.queue.park_faults = [DirectoryUnavailableError(retry_after=30)]
    message = replace(world.message(), body=b"no json")
    await world.service.handle(message)
    assert world.queue.parked == {}
    await world.handle_postponed()
    assert [parked.body for parked, _ in world.queue.parked.values()] == [b"no json"]
    assert world.outcomes() == [("failed", "invalid_json")]


async def test_a_refused_write_leaves_no_doubt_although_the_read_after_it_is_throttled() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    world.directory.answers = [(False, DEFAULT), (False, DEFAULT)]
    world.directory.read_back_faults = [DirectoryThrottledError(retry_after=30)]
    await world.service.handle(world.message())
    await world.handle_postponed()
    assert world.outcomes() == [("failed", "default_method")]


async def test_a_second_write_whose_answer_was_lost_is_waited_for_although_the_first_one_shows() -> None:
    """Else it would take effect after the request has ended, and overwrite what a newer one wrote by then."""
    world = World()
    world.directory.answers = [(True, WRITTEN), (False, LOST)]
    world.directory.read_back_faults = [DirectoryThrottledError(retry_after=30)]
    world.clock.at(1, world.people[0].phones.clear)
    await world.service.handle(world.message())
    sent: list[float] = []
    world.directory.before_write = lambda: sent.append(world.clock.monotonic())
    world.clock.at(40, lambda: world.people[0].phones.update({PhoneType.MOBILE: NEW}))
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "created")]
    assert world.clock.monotonic() - sent[0] >= LATE_WRITE
