"""What cannot be understood, and what the broker gave up on."""

import json

import pytest

from shared.errors import LedgerUnavailableError
from tests.fakes.world import World


@pytest.mark.parametrize(
    ("body", "outcome", "code"),
    [
        (b"", "failed", "invalid_json"),
        (b"not json", "failed", "invalid_json"),
        (b"[1]", "failed", "invalid_json"),
        (b'{"requestId": "R-1", "requestId": "R-2"}', "failed", "invalid_json"),
        (b'{"requestId": NaN}', "failed", "invalid_json"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "failed", "message_too_large"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "failed", "invalid_json"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "failed", "invalid_json"),
        (b'{"phoneNumber": "\\ud800"}', "failed", "invalid_json"),
        ("{}".encode("utf-16"), "failed", "invalid_encoding"),
        (b'{"schemaVersion": "2.0", "requestId": "R-1"}', "failed", "schema_unsupported"),
        (b" " * (64 * 1024 + 1), "failed", "message_too_large"),
        (b" " * (256 * 1024 + 1), "failed", "message_too_large"),
        (b"{}", "rejected", "invalid_request"),
    ],
)
async def test_a_message_that_is_no_request_is_parked_with_its_body_intact(
    body: bytes, outcome: str, code: str
) -> None:
    world = World()
    await world.service.handle(world.raw(body))
    assert world.outcomes() == [(outcome, code)]
    ((parked, verdict),) = world.queue.parked.values()
    assert parked.body == body
    assert verdict.code == code
    assert world.directory.reads == 0


async def test_an_invalid_request_is_told_every_fault_and_no_value() -> None:
    world = World()
    await world.service.handle(world.message(operation="change", phoneNumber=4915123456789, requestedAt="yesterday"))
    message = world.event()["data"]["message"]
    assert "operation: " in message
    assert "phoneNumber: " in message
    assert "requestedAt: " in message
    assert "4915123456789" not in message


async def test_two_unreadable_messages_are_two_even_with_equal_bodies() -> None:
    world = World()
    await world.service.handle(world.raw(b"", "A"))
    await world.service.handle(world.raw(b"", "B"))
    assert len({event.id for event in world.events.sent}) == 2


async def test_an_unreadable_message_does_not_take_the_request_id_from_the_corrected_one() -> None:
    world = World()
    await world.service.handle(world.raw(b'{"requestId": "R-1"}', "R-1"))
    await world.service.handle(world.message("R-1"))
    assert world.outcomes() == [("rejected", "invalid_request"), ("changed", "created")]


async def test_a_newer_minor_version_with_unknown_fields_is_understood() -> None:
    world = World()
    await world.service.handle(world.message(schemaVersion="1.7", costCentre="4711"))
    assert world.outcomes() == [("changed", "created")]


async def test_a_dead_letter_fails_with_the_brokers_reason_and_is_parked() -> None:
    world = World()
    message = world.message()
    await world.dead_letters.handle(message, "MaxDeliveryCountExceeded")
    assert world.outcomes() == [("failed", "deliveries_exhausted")]
    assert "MaxDeliveryCountExceeded" in world.event()["data"]["message"]
    assert [parked.body for parked, _ in world.queue.parked.values()] == [message.body]
    assert world.directory.writes == []


async def test_a_dead_letter_whose_time_to_live_is_over_has_expired() -> None:
    world = World()
    await world.dead_letters.handle(world.message(), "TTLExpiredException")
    assert world.outcomes() == [("expired", "past_expiry")]


async def test_a_dead_letter_of_a_finished_request_changes_nothing() -> None:
    """The message was completed too late for the broker: the work was done."""
    world = World()
    message = world.message()
    await world.service.handle(message)
    await world.dead_letters.handle(message, "MaxDeliveryCountExceeded")
    assert world.outcomes() == [("changed", "created")]
    assert world.queue.parked == {}


async def test_a_dead_letter_waits_before_it_is_given_back() -> None:
    """An abandoned dead letter comes back at once, without end: the wait is what keeps the loop slow."""
    world = World()
    world.ledger.claim_faults = [LedgerUnavailableError()]
    with pytest.raises(LedgerUnavailableError):
        await world.dead_letters.handle(world.message(), "MaxDeliveryCountExceeded")
    assert sum(world.clock.waits) >= 1


async def test_an_unreadable_dead_letter_is_parked_like_any_unreadable_message() -> None:
    world = World()
    await world.dead_letters.handle(world.raw(json.dumps([]).encode()), "MaxDeliveryCountExceeded")
    assert world.outcomes() == [("failed", "invalid_json")]
    assert len(world.queue.parked) == 1


async def test_a_dead_letter_that_the_ledger_refuses_for_good_is_parked_past_it() -> None:
    """Left in the dead-letter queue it would come back at once and for ever."""
    world = World()
    world.ledger.claim_faults = [RuntimeError("of this row, a table wants no more")]
    message = world.message()
    await world.dead_letters.handle(message, "MaxDeliveryCountExceeded")
    assert world.outcomes() == [("failed", "deliveries_exhausted")]
    assert [parked.body for parked, _ in world.queue.parked.values()] == [message.body]


async def test_a_dead_letter_that_can_not_even_be_parked_comes_back_slowly() -> None:
    world = World()
    world.queue.park_faults = [RuntimeError(), RuntimeError()]
    with pytest.raises(RuntimeError):
        await world.dead_letters.handle(world.raw(b"[]"), "MaxDeliveryCountExceeded")
    assert sum(world.clock.waits) >= 60


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z"])
async def test_a_time_that_does_not_exist_in_utc_is_a_fault_of_the_request(moment: str) -> None:
    world = World()
    await world.service.handle(world.message(requestedAt=moment))
    assert world.outcomes() == [("rejected", "invalid_request")]
    assert "requestedAt: " in world.event()["data"]["message"]


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        (b'{"requestId": "+49 151 23456789"}', "+49 151 23456789"),
        (b'{"requestId": "id-4915123456789", "phoneNumber": "+49 151 23456789"}', "4915123456789"),
        (b"no json", "+4915123456789"),
    ],
)
async def test_a_number_in_place_of_a_request_id_is_not_told(body: bytes, message_id: str) -> None:
    world = World()
    await world.service.handle(world.raw(body, message_id))
    told = world.events.sent[0].body + world.events.sent[0].id + "".join(world.ledger.records)
    assert "23456789" not in told
    assert world.event()["data"]["requestId"].startswith("unnamed-")


async def test_a_request_id_that_holds_the_phone_number_is_refused_and_not_told() -> None:
    world = World()
    await world.service.handle(world.message("HR-4915123456789", phoneNumber="0151 23456789"))
    assert world.outcomes() == [("rejected", "invalid_request")]
    assert "23456789" not in world.events.sent[0].body
