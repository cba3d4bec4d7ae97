"""Repeats are harmless, a reused id is refused, and the newest request wins."""

from dataclasses import replace
from datetime import timedelta

from shared.errors import DirectoryThrottledError, DirectoryUnavailableError
from shared.messages.origin import Origin
from shared.messages.received import ReceivedMessage
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import Write
from shared.planning import STALE_READS
from shared.ports import UnsentEvent, WriteAnswer, WriteCertainty
from tests.fakes.clock import START
from tests.fakes.world import KEY, NEW, OLD, World, person

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
    assert world.event()["data"]["warnings"] == ["newer_phones_spared"]
    assert world.people[0].phones == {PhoneType.MOBILE: NEW}


async def test_a_read_that_contradicts_what_was_seen_before_is_not_believed() -> None:
    """A stale replica still shows the old number: asking for it back must not end as already correct."""
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    await world.service.handle(world.message("R-1"))
    world.people[0].phones[PhoneType.MOBILE] = OLD
    await world.service.handle(world.message("R-2", phoneNumber="+49 151 23456780"))
    assert len(world.outcomes()) == 1
    world.people[0].phones[PhoneType.MOBILE] = NEW
    await world.handle_postponed()
    assert world.outcomes()[-1] == ("changed", "replaced")
    assert world.phone() == OLD


async def test_a_read_that_goes_on_to_contradict_is_believed_in_the_end() -> None:
    """An administrator changed the number by hand a moment after the product had."""
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    await world.service.handle(world.message("R-1"))
    world.people[0].phones[PhoneType.MOBILE] = OLD
    await world.service.handle(world.message("R-2", phoneNumber="+49 151 23456780"))
    await world.handle_postponed()
    assert world.outcomes()[-1] == ("already_correct", "same_number")
    assert world.clock.now() - START >= STALE_READS


async def test_a_removal_that_would_lock_out_is_refused_although_a_stale_read_shows_no_phone() -> None:
    world = World([person("anna", other_methods=())])
    await world.service.handle(world.message("R-1"))
    world.people[0].phones.clear()
    await world.service.handle(world.message("R-2", operation="remove", phoneNumber=None))
    world.people[0].phones[PhoneType.MOBILE] = NEW
    await world.handle_postponed()
    assert world.outcomes()[-1] == ("rejected", "would_lock_out")
    assert world.phone() == NEW


async def test_an_alternate_mobile_phone_right_after_the_mobile_phone_waits_until_reads_show_that() -> None:
    world = World()
    await world.service.handle(world.message("R-1"))
    world.people[0].phones.clear()
    await world.service.handle(world.message("R-2", phoneType="alternateMobile", phoneNumber="+49 151 11112222"))
    world.people[0].phones[PhoneType.MOBILE] = NEW
    await world.handle_postponed()
    assert world.outcomes() == [("changed", "created"), ("changed", "created")]


async def test_a_queue_whose_numbers_start_anew_is_noticed_and_nothing_is_guessed() -> None:
    """Created anew, or failed over: by its number the later request would be the older one, and be dropped."""
    world = World()
    await world.service.handle(replace(world.message("R-1"), sequence_number=1000))
    world.clock.move(hours=1)
    later = world.message("R-2", phoneNumber="+49 151 11112222")
    await world.service.handle(later)
    assert world.outcomes()[-1] == ("failed", "order_lost")
    assert [message.body for message, _ in world.queue.parked.values()] == [later.body]
    assert world.phone() == NEW


async def test_a_request_whose_key_was_replaced_meanwhile_is_still_the_same() -> None:
    world = World()
    message = world.message()
    await world.service.handle(message)
    world.options = replace(world.options, number_keys=(b"n" * 32, KEY))
    await world.service.handle(again(message, 99))
    assert world.outcomes() == [("changed", "created")]


async def test_what_is_said_and_what_is_meant_anyway_are_the_same_request() -> None:
    world = World()
    await world.service.handle(world.message())
    await world.service.handle(world.message(phoneType="mobile", dryRun=False))
    assert world.outcomes() == [("changed", "created")]


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
    assert copy.session_id == message.session_id
    assert copy.origin == Origin("R-1", message.sequence_number, message.enqueued_at, attempt=2)


async def test_a_removal_does_not_trust_a_read_that_hides_a_write_which_nobody_has_seen_yet() -> None:
    """The older request was put off after its write; a stale read shows no phone; the older one is then superseded."""
    world = World()
    world.directory.read_back_faults = [DirectoryThrottledError(retry_after=60)]
    await world.service.handle(world.message("R-1"))
    world.people[0].phones.clear()
    await world.service.handle(world.message("R-2", operation="remove", phoneNumber=None))
    world.people[0].phones[PhoneType.MOBILE] = NEW
    await world.handle_postponed()
    assert world.outcomes()[-1] == ("changed", "removed")
    assert world.people[0].phones == {}


async def test_after_a_refused_write_the_next_request_does_not_wait() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    world.directory.answers = [(False, WriteAnswer(WriteCertainty.REFUSED, 403, "accessDenied"))]
    await world.service.handle(world.message("R-1"))
    await world.service.handle(world.message("R-2", phoneNumber="+49 151 11112222"))
    assert world.outcomes() == [("failed", "directory_refused"), ("changed", "replaced")]


async def test_two_requests_of_one_user_under_two_keys_do_not_write_at_the_same_time() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    older = world.message("R-1")
    newer = world.message("R-2", user={"employeeId": "E-anna"}, phoneNumber="+49 151 11112222")
    meanwhile: list[list[tuple[str, str]]] = []

    async def newer_comes(user_id: str, write: Write) -> WriteAnswer:
        world.directory.write = write_of_the_fake  # type: ignore[method-assign]
        await world.service.handle(newer)
        meanwhile.append(world.outcomes())
        return await world.directory.write(user_id, write)

    write_of_the_fake = world.directory.write
    world.directory.write = newer_comes  # type: ignore[method-assign]
    await world.service.handle(older)
    await world.handle_postponed()
    assert meanwhile == [[]]
    assert world.outcomes() == [("changed", "replaced"), ("changed", "replaced")]
    assert world.phone() == OTHER
