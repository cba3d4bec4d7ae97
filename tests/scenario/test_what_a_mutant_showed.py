"""Safety mechanisms that could be taken out without any other test noticing."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.backoff import LATE_WRITE
from shared.errors import DirectoryThrottledError, LedgerUnavailableError
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import Write
from shared.ports import WriteAnswer, WriteCertainty
from shared.steps import Step
from tests.fakes.clock import START
from tests.fakes.directory import WRITTEN
from tests.fakes.ledger import MemoryNotificationLog
from tests.fakes.world import NEW, OLD, World
from tests.scenario.test_notifications import Office, service
from tests.simulation.faults import WorkerDied

LOST = WriteAnswer(WriteCertainty.UNCERTAIN)
OTHER = PhoneNumber(49, "15111112222")


async def test_a_refusal_whose_cause_shows_a_moment_later_is_planned_anew() -> None:
    """POST is refused because somebody else has just added a phone; the first read is too old to show it."""
    world = World()
    world.directory.answers = [(False, WriteAnswer(WriteCertainty.REFUSED, 400, "badRequest"))]
    world.clock.at(5, lambda: world.people[0].phones.setdefault(PhoneType.MOBILE, OLD))
    await world.service.handle(world.message())
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "replaced")]


async def test_a_request_that_is_overtaken_after_its_write_says_that_its_number_may_have_stood_there() -> None:
    world = World()
    world.directory.answers = [(False, LOST)] * 10
    await world.service.handle(world.message("R-1"))
    world.clock.move(minutes=6)
    await world.service.handle(world.message("R-2", phoneNumber="+49 151 11112222"))
    world.directory.answers = []
    await world.handle_postponed()
    assert world.outcomes() == [("superseded", "overtaken"), ("changed", "created")]
    assert world.phone() == OTHER


async def test_a_message_that_a_person_has_got_is_not_parked_again() -> None:
    """The person may have dealt with it by then: the parked queue knows copies for its window only."""
    world = World()
    message = world.raw(b"no json")
    await world.service.handle(message)
    world.queue.parked.clear()
    await world.service.handle(message)
    assert world.queue.parked == {}


async def test_a_dead_letter_that_was_about_to_write_is_not_called_expired() -> None:
    world = World()
    world.directory.answers = [(False, LOST)] * 10
    await world.service.handle(world.message())
    ((_, copy),) = world.queue.postponed
    await world.dead_letters.handle(copy, "TTLExpiredException")
    assert world.outcomes() == [("failed", "deliveries_exhausted")]
    assert "may have been made" in world.event()["data"]["message"]


async def test_a_wait_ends_at_the_requests_expiry() -> None:
    world = World()
    world.directory.read_faults = [DirectoryThrottledError(retry_after=600)]
    await world.service.handle(world.message(expiresAt=(world.clock.now() + timedelta(minutes=5)).isoformat()))
    assert [delay for delay, _ in world.queue.postponed] == [timedelta(minutes=5)]


async def test_a_write_that_shows_after_some_seconds_is_waited_for_and_not_sent_again() -> None:
    world = World()
    world.directory.answers = [(False, WRITTEN)]
    world.clock.at(10, lambda: world.people[0].phones.update({PhoneType.MOBILE: NEW}))
    sent: list[float] = []
    world.directory.before_write = lambda: sent.append(world.clock.monotonic())
    await world.service.handle(world.message())
    assert world.outcomes() == [("changed", "created")]
    assert len(sent) == 1


async def test_a_lost_write_is_not_sent_again_before_the_first_one_can_no_longer_take_effect() -> None:
    world = World()
    world.directory.answers = [(False, LOST)]
    sent: list[float] = []
    world.directory.before_write = lambda: sent.append(world.clock.monotonic())
    await world.service.handle(world.message())
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "created")]
    assert sent[1] - sent[0] >= LATE_WRITE


async def test_a_read_that_fails_does_not_let_go_of_a_user_whose_write_was_lost() -> None:
    """Put off at once, the request would leave the session to the next one, which the lost write could overwrite."""
    world = World()
    world.directory.answers = [(False, LOST)]
    world.directory.read_back_faults = [DirectoryThrottledError(retry_after=900)] * 3
    await world.service.handle(world.message())
    assert world.clock.monotonic() >= LATE_WRITE


async def test_a_write_that_only_shows_after_the_requests_expiry_is_still_a_change() -> None:
    """Every read until then fails: the next delivery finds the number in place, and the time is over."""
    world = World()
    world.directory.answers = [(True, LOST)]
    world.directory.read_back_faults = [DirectoryThrottledError(retry_after=3600)] * 3
    await world.service.handle(world.message(expiresAt=(world.clock.now() + timedelta(minutes=5)).isoformat()))
    assert world.outcomes() == []
    await world.handle_postponed()
    assert world.clock.now() >= START + timedelta(minutes=5)
    assert world.outcomes() == [("changed", "created")]


async def test_a_request_under_another_key_waits_although_it_sees_what_the_first_one_wrote() -> None:
    """The first one may be about to write again; what it wrote is no sign that it has ended."""
    world = World()
    newer = world.message("R-2", user={"employeeId": "E-anna"}, phoneNumber="+49 151 11112222")
    meanwhile: list[list[tuple[str, str]]] = []
    write_of_the_fake = world.directory.write

    async def newer_comes_before_the_answer(user_id: str, write: Write) -> WriteAnswer:
        world.directory.write = write_of_the_fake  # type: ignore[method-assign]
        answer = await world.directory.write(user_id, write)
        await world.service.handle(newer)
        meanwhile.append(world.outcomes())
        return answer

    world.directory.write = newer_comes_before_the_answer  # type: ignore[method-assign]
    await world.service.handle(replace(world.message("R-1"), sequence_number=0))
    await world.handle_postponed()
    assert meanwhile == [[]]
    assert world.outcomes() == [("changed", "created"), ("changed", "replaced")]
    assert world.phone() == OTHER


async def test_two_copies_of_one_request_are_one_again_at_their_next_delivery() -> None:
    world = World()
    world.directory.read_faults = [DirectoryThrottledError(retry_after=60)] * 10
    message = world.message()
    await world.service.handle(message)
    await world.service.handle(replace(message, delivery_count=2))
    first, second = (copy for _, copy in world.queue.postponed)
    world.queue.postponed.clear()
    await world.service.handle(first)
    await world.service.handle(second)
    assert len(world.queue.postponed) == 1


async def test_a_worker_that_was_stopped_while_it_wrote_may_have_a_write_under_way() -> None:
    """The second delivery's own write shows at once; the first one's may still land and overwrite a newer request."""
    died = False

    async def dies_while_it_writes[T](step: Step, work: Callable[[], Awaitable[T]]) -> T:
        nonlocal died
        if step is Step.WRITE and not died:
            died = True
            raise WorkerDied
        return await work()

    world = World(run=dies_while_it_writes)
    message = world.message()
    with pytest.raises(WorkerDied):
        await world.service.handle(message)
    await world.service.handle(message)
    assert world.outcomes() == [("changed", "created")]
    assert world.clock.monotonic() >= LATE_WRITE


async def test_a_mail_whose_note_fails_for_a_moment_is_not_sent_again() -> None:
    world, office = World(), Office()
    await world.service.handle(world.message())

    class Log(MemoryNotificationLog):
        faults = 1

        async def mark_sent(self, event_id: str, recipient: str) -> None:
            self.faults -= 1
            if self.faults >= 0:
                raise LedgerUnavailableError
            await super().mark_sent(event_id, recipient)

    await service(office, Log()).handle(world.events.sent[0].body.encode())
    assert len(office.sent) == 1
