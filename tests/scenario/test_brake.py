"""P15: too many changes or failures stop all writing in every instance; messages wait; a person lets it go on."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.brake.service import BrakeService
from shared.errors import BusUnavailableError
from shared.phone.phone_type import PhoneType
from shared.ports import WriteAnswer, WriteCertainty
from tests.fakes.directory import WRITTEN
from tests.fakes.world import OLD, World, person, policy

REFUSED = WriteAnswer(WriteCertainty.REFUSED, 403, "Authorization_RequestDenied")


def company(size: int, **brake: Any) -> World:
    people = [person(f"p{number}", identity=number, phones={PhoneType.MOBILE: OLD}) for number in range(size)]
    return World(people, policy(brake=brake))


async def change_everybody(world: World) -> None:
    for number, found in enumerate(world.people):
        user = {"userPrincipalName": found.user.user_principal_name}
        await world.service.handle(world.message(f"R-{number}", user=user))


def brake_events(world: World) -> list[dict[str, Any]]:
    return [json.loads(event.body) for event in world.events.sent if event.outcome.startswith("brake")]


def ended(world: World) -> list[tuple[str, str]]:
    return [found for found in world.outcomes() if not found[0].startswith("brake")]


async def test_more_changes_than_the_window_permits_stop_writing_and_the_rest_waits() -> None:
    world = company(8, changes=5)
    await change_everybody(world)
    assert len(world.directory.writes) == 5
    assert ended(world) == [("changed", "replaced")] * 5
    assert len(world.queue.postponed) == 3
    assert world.queue.parked == {}


async def test_when_graph_refuses_everybody_a_few_fail_and_the_rest_waits() -> None:
    """Consent was removed: ten thousand requests must not become ten thousand dead letters."""
    world = company(20, refusals=5)
    world.directory.answers = [(False, REFUSED)] * 100
    await change_everybody(world)
    assert ended(world) == [("failed", "directory_refused")] * 5
    assert len(world.queue.postponed) == 15


async def test_a_few_users_whom_graph_refuses_among_many_do_not_stop_the_others() -> None:
    world = company(30, refusals=5)
    world.directory.answers = [(False, REFUSED) if number % 5 == 1 else (True, WRITTEN) for number in range(30)]
    await change_everybody(world)
    assert world.queue.postponed == []
    assert ended(world).count(("failed", "directory_refused")) == 6


async def test_too_many_failures_of_any_kind_stop_writing() -> None:
    world = company(10, failures=3)
    world.directory.answers = [(False, WriteAnswer(WriteCertainty.UNCERTAIN, 409, "phoneNumberNotUnique"))] * 100
    await change_everybody(world)
    assert len(world.queue.parked) == 3
    assert len(world.queue.postponed) == 7


async def test_the_brake_holds_in_every_instance() -> None:
    """Instances share nothing but the state storage: another service, built anew, is stopped as well."""
    world = company(3, changes=1)
    await change_everybody(world)
    other = BrakeService(world.clock, world.brake_log, world.events, world.loaded_policy.rules.brake, "/other")
    assert (await other.log.state()).engaged
    await world.service.handle(world.message("R-9", user={"userPrincipalName": "p2@contoso.example"}))
    assert len(world.directory.writes) == 1


async def test_the_turn_of_the_brake_is_one_event_with_the_reason() -> None:
    world = company(8, changes=5)
    await change_everybody(world)
    (event,) = brake_events(world)
    assert event["type"] == "mfaphone.brake.engaged"
    assert event["data"]["reason"] == "More than 5 changes within the window."
    assert event["data"]["by"] == "the brake itself"


async def test_an_event_of_the_brake_that_could_not_be_sent_is_sent_by_whoever_asks_next() -> None:
    world = company(8, changes=5)
    for number, found in enumerate(world.people[:5]):
        user = {"userPrincipalName": found.user.user_principal_name}
        await world.service.handle(world.message(f"R-{number}", user=user))
    world.events.faults = [BusUnavailableError()]
    for number, found in enumerate(world.people[5:7], start=5):
        user = {"userPrincipalName": found.user.user_principal_name}
        await world.service.handle(world.message(f"R-{number}", user=user))
    assert len(brake_events(world)) == 1


async def test_what_needs_no_write_ends_while_writing_is_stopped() -> None:
    world = company(3, changes=1)
    await change_everybody(world)
    await world.service.handle(world.message("R-9", phoneNumber="+49 900 1234567"))
    await world.service.handle(world.message("R-10", dryRun=True, user={"userPrincipalName": "p1@contoso.example"}))
    assert ended(world)[1:] == [("rejected", "number_type_not_allowed"), ("planned", "would_replace")]


async def test_a_person_lets_writing_go_on_and_everything_that_waited_is_done() -> None:
    world = company(8, changes=5)
    await change_everybody(world)
    world.clock.move(minutes=10)
    await world.brake.resume("anna@contoso.example", "A planned migration.")
    await world.handle_postponed()
    assert ended(world) == [("changed", "replaced")] * 8
    resumed = brake_events(world)[1]
    assert (resumed["type"], resumed["data"]["by"]) == ("mfaphone.brake.resumed", "anna@contoso.example")


async def test_the_brake_does_not_let_go_by_itself() -> None:
    world = company(3, changes=1)
    await change_everybody(world)
    world.clock.move(days=2)
    await world.service.handle(world.message("R-9", user={"userPrincipalName": "p2@contoso.example"}))
    assert len(world.directory.writes) == 1


async def test_a_person_can_stop_writing_and_a_second_turn_tells_nothing_new() -> None:
    world = company(2)
    await world.brake.engage("anna", "Something is wrong.")
    await world.brake.engage("berta", "So I think.")
    await change_everybody(world)
    assert world.directory.writes == []
    (event,) = brake_events(world)
    assert event["data"]["by"] == "anna"


async def test_a_request_that_is_tried_again_and_again_counts_once() -> None:
    world = company(1, changes=1)
    world.directory.answers = [(False, WriteAnswer(WriteCertainty.UNCERTAIN))] * 4
    await change_everybody(world)
    await world.handle_postponed()
    assert ended(world) == [("changed", "replaced")]


async def test_changes_that_lie_further_back_than_the_window_do_not_count() -> None:
    world = company(6, changes=2, window="PT10M")
    for number, found in enumerate(world.people):
        user = {"userPrincipalName": found.user.user_principal_name}
        await world.service.handle(world.message(f"R-{number}", user=user))
        world.clock.move(minutes=6)
    assert ended(world) == [("changed", "replaced")] * 6


async def test_a_message_that_waits_for_the_brake_burns_no_delivery_and_expires_in_its_time() -> None:
    world = company(2, changes=1)
    await world.brake.engage("anna", "Stop.")
    expires = (world.clock.now() + timedelta(hours=1)).isoformat()
    await world.service.handle(
        world.message("R-1", user={"userPrincipalName": "p0@contoso.example"}, expiresAt=expires)
    )
    await world.handle_postponed()
    assert ended(world) == [("expired", "past_expiry")]


@pytest.mark.parametrize("window", ["PT59S", "P2D", "7"])
def test_a_window_that_makes_no_sense_is_refused(window: str) -> None:
    with pytest.raises(ValueError, match="window"):
        policy(brake={"window": window})


async def test_a_turn_that_could_not_be_told_is_told_by_the_timer() -> None:
    world = company(1)
    await world.brake.engage("anna", "Stop.")
    world.events.faults = [BusUnavailableError()]
    await world.brake.resume("anna", "Go on.")
    assert len(brake_events(world)) == 1
    await world.brake.tell()
    await world.brake.tell()
    assert [event["type"] for event in brake_events(world)] == ["mfaphone.brake.engaged", "mfaphone.brake.resumed"]
