"""Repeats are harmless, a reused id is refused, and the newest request wins."""

from dataclasses import replace
from datetime import timedelta

from shared.errors import DirectoryThrottledError, DirectoryUnavailableError
from shared.messages.received import ReceivedMessage
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.ports import UnsentEvent
from tests.fakes.world import NEW, OLD, World, person

OTHER = PhoneNumber(49, "15111112222")


def again(message: ReceivedMessage, sequence: int) -> ReceivedMessage:
    """The same message, sent a second time."""
    return replace(message, sequence_number=sequence)


async def test_a_repeat_after_completion_changes_nothing_and_sends_no_second_event() -> None:
    world = World()
    message = world.message()
    await world.service.handle(message)
    await world.service.handle(again(message, 99))
    assert world.outcomes() == [("changed", "created")]
    assert len(world.directory.writes) == 1


async def test_a_repeat_with_other_layout_is_the_same_request() -> None:
    world = World()
    message = world.message()
    await world.service.handle(message)
    await world.service.handle(replace(message, body=b" " + message.body.replace(b'", "', b'" , "')))
    assert world.outcomes() == [("changed", "created")]


async def test_the_same_id_with_other_content_is_refused_and_the_first_one_stays_untouched() -> None:
    world = World()
    await world.service.handle(world.message())
    record = world.ledger.records["R-1"]
    await world.service.handle(world.message(phoneNumber="+49 151 11112222"))
    assert world.outcomes() == [("changed", "created"), ("rejected", "request_id_reused")]
    assert world.ledger.records["R-1"] == record
    assert world.phone() == NEW


async def test_the_refusal_of_a_reused_id_has_an_event_id_of_its_own() -> None:
    """The first request may have been rejected too: the topic must not take the refusal for a copy of that event."""
    world = World()
    await world.service.handle(world.message(phoneNumber="+49 900 1234567"))
    reused = world.message(phoneNumber="+49 151 11112222")
    await world.service.handle(reused)
    await world.service.handle(again(reused, 99))
    ids = [event.id for event in world.events.sent]
    assert len(ids) == len(set(ids)) == 2
    assert ids[1].startswith("R-1:rejected:")


async def test_an_older_request_that_arrives_late_is_superseded() -> None:
    """The first one meets a fault and waits; the second one overtakes it."""
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    await world.service.handle(world.message("R-1"))
    await world.service.handle(world.message("R-2", phoneNumber="+49 151 11112222"))
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "replaced"), ("superseded", "newer_request")]
    assert "R-2" in world.event()["data"]["message"]
    assert world.phone() == OTHER


async def test_a_newer_request_that_finds_its_number_still_holds_off_an_older_one() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    await world.service.handle(world.message("R-1"))
    await world.service.handle(world.message("R-2", phoneNumber="+49 151 23456780"))
    await world.handle_postponed()
    assert world.outcomes() == [("already_correct", "same_number"), ("superseded", "newer_request")]
    assert world.phone() == OLD


async def test_a_newer_request_that_takes_the_watermark_at_the_last_moment_wins() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    older, newer = world.message("R-1"), world.message("R-2", phoneNumber="+49 151 11112222")
    await world.service.handle(newer)
    world.watermarks.unseen_reads = 1
    await world.service.handle(older)
    assert world.outcomes()[-1] == ("superseded", "newer_request")
    assert world.phone() == OTHER


async def test_a_newer_removal_of_everything_holds_off_an_older_set() -> None:
    world = World([person("anna", phones={PhoneType.OFFICE: OTHER})])
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    await world.service.handle(world.message("R-1"))
    await world.service.handle(world.message("R-2", operation="remove", phoneNumber=None))
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "removed"), ("superseded", "newer_request")]
    assert world.people[0].phones == {}


async def test_a_removal_of_everything_spares_the_phone_of_a_newer_request() -> None:
    phones = {PhoneType.MOBILE: OLD, PhoneType.OFFICE: OTHER}
    world = World([person("anna", phones=phones)])
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    await world.service.handle(world.message("R-1", operation="remove", phoneNumber=None))
    await world.service.handle(world.message("R-2"))
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "replaced"), ("changed", "removed")]
    assert world.people[0].phones == {PhoneType.MOBILE: NEW}


async def test_a_read_that_contradicts_our_own_last_write_is_not_believed() -> None:
    """A stale replica still shows the old number: asking for it back must not end as already correct."""
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    await world.service.handle(world.message("R-1"))
    world.people[0].phones[PhoneType.MOBILE] = OLD
    await world.service.handle(world.message("R-2", phoneNumber="+49 151 23456780"))
    assert world.outcomes()[-1] == ("changed", "replaced")
    assert len(world.directory.writes) == 2


async def test_an_alternate_mobile_phone_waits_for_an_earlier_request_that_brings_the_mobile_phone() -> None:
    world = World()
    world.directory.read_faults = [DirectoryThrottledError(retry_after=60)]
    await world.service.handle(world.message("R-1"))
    await world.service.handle(world.message("R-2", phoneType="alternateMobile", phoneNumber="+49 151 11112222"))
    assert world.outcomes() == []
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "created"), ("changed", "created")]
    assert world.people[0].phones == {PhoneType.MOBILE: NEW, PhoneType.ALTERNATE_MOBILE: OTHER}
    assert world.waiting.waiting == {}


async def test_a_repeat_sends_an_event_that_the_first_run_could_not_send() -> None:
    world = World()
    message = world.message()
    await world.service.handle(message)
    event = world.events.sent.pop()
    record = world.ledger.records["R-1"]
    world.ledger.outbox[event.id] = (world.clock.now(), UnsentEvent(record.key, event))
    await world.service.handle(message)
    assert world.events.sent == [event]


async def test_order_is_that_of_the_first_arrival_for_every_copy() -> None:
    world = World()
    world.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    message = world.message("R-1")
    await world.service.handle(message)
    (delay, copy), *_ = world.queue.postponed
    assert delay == timedelta(seconds=60)
    assert copy.sequence_number != message.sequence_number
    assert copy.original_sequence == message.sequence_number
    assert (copy.attempt, copy.original_message_id, copy.session_id) == (2, "R-1", message.session_id)
    assert copy.accepted_at == message.enqueued_at
