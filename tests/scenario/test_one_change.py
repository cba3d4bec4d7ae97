"""What one request does, step by step, on fakes."""

from datetime import timedelta
from typing import Any

import pytest

from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import Create, Remove, Replace
from tests.fakes.world import ADMIN_ROLE, NEW, OLD, World, person, policy

ALTERNATE = PhoneNumber(49, "15111112222")


async def test_a_phone_that_does_not_exist_is_created() -> None:
    world = World()
    await world.service.handle(world.message())
    assert world.outcomes() == [("changed", "created")]
    assert world.directory.writes == [(world.people[0].user.id, Create(PhoneType.MOBILE, NEW))]
    assert world.event()["data"]["maskedNumber"] == "+49 *********89"


async def test_a_phone_that_exists_is_replaced_in_place() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    await world.service.handle(world.message())
    assert world.outcomes() == [("changed", "replaced")]
    assert [write for _, write in world.directory.writes] == [Replace(PhoneType.MOBILE, NEW, OLD)]
    assert world.event()["data"]["previousMaskedNumber"] == "+49 *********80"


async def test_a_number_that_is_there_already_is_not_written_again() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: NEW})])
    await world.service.handle(world.message())
    assert world.outcomes() == [("already_correct", "same_number")]
    assert world.directory.writes == []


async def test_a_removal_without_phone_type_removes_all_phones_mobile_last() -> None:
    """Graph refuses to delete mobile while alternateMobile exists."""
    phones = {PhoneType.MOBILE: OLD, PhoneType.ALTERNATE_MOBILE: ALTERNATE, PhoneType.OFFICE: NEW}
    world = World([person("anna", phones=phones)])
    await world.service.handle(world.message(operation="remove", phoneNumber=None))
    assert world.outcomes() == [("changed", "removed")]
    order = (PhoneType.OFFICE, PhoneType.ALTERNATE_MOBILE, PhoneType.MOBILE)
    assert [write for _, write in world.directory.writes] == [Remove((name,), None) for name in order]


async def test_removing_what_is_not_there_is_already_correct() -> None:
    world = World()
    await world.service.handle(world.message(operation="remove", phoneNumber=None, phoneType="office"))
    assert world.outcomes() == [("already_correct", "nothing_to_remove")]


async def test_mobile_is_not_removed_while_alternate_mobile_stays() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD, PhoneType.ALTERNATE_MOBILE: ALTERNATE})])
    await world.service.handle(world.message(operation="remove", phoneNumber=None, phoneType="mobile"))
    assert world.outcomes() == [("rejected", "alternate_mobile_depends")]
    assert world.directory.writes == []


async def test_a_dry_run_does_everything_but_the_write() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    await world.service.handle(world.message(dryRun=True))
    assert world.outcomes() == [("planned", "would_replace")]
    assert world.phone() == OLD
    assert world.watermarks.marks == {}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"user": {"userPrincipalName": "nobody@contoso.example"}}, "user_not_found"),
        ({"user": {"employeeId": "E-twin"}}, "user_ambiguous"),
        ({"user": {"userPrincipalName": "admin@contoso.example"}}, "privileged_user"),
        ({"phoneNumber": "0151 O345 6789"}, "invalid_number"),
        ({"phoneNumber": "+49 900 1234567"}, "number_type_not_allowed"),
        ({"phoneNumber": "+53 5 1234567"}, "region_not_allowed"),
        ({"phoneNumber": "+49 151 23456789 x12"}, "extension_not_allowed"),
        ({"phoneType": "alternateMobile"}, "mobile_required"),
        ({"requestedBy": "intranet form"}, "requester_not_allowed"),
        ({"requestedBy": "servicedesk", "operation": "remove", "phoneNumber": None}, "requester_not_allowed"),
        ({"ifCurrent": "+49 151 11111111"}, "current_number_differs"),
        ({"requestedAt": "2026-11-23T09:06:00Z"}, "requested_in_future"),
    ],
)
async def test_policy_refuses_and_nothing_is_written(fields: dict[str, Any], code: str) -> None:
    twins = [person("twin1", employee_id="E-twin"), person("twin2", employee_id="E-twin")]
    world = World([person("anna"), *twins, person("admin", roles=(ADMIN_ROLE,))])
    await world.service.handle(world.message(**fields))
    assert world.outcomes() == [("rejected", code)]
    assert world.directory.writes == []
    assert world.queue.parked == {}


async def test_the_last_usable_method_is_not_removed() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD}, other_methods=("emailAuthenticationMethod",))])
    await world.service.handle(world.message(operation="remove", phoneNumber=None))
    assert world.outcomes() == [("rejected", "would_lock_out")]


async def test_what_needs_no_directory_is_decided_without_it() -> None:
    """Number, region, requester and age are decided while Graph is down."""
    world = World()
    await world.service.handle(world.message(phoneNumber="+53 5 1234567"))
    assert world.outcomes() == [("rejected", "region_not_allowed")]
    assert world.directory.reads == 0


async def test_an_expired_request_is_not_carried_out() -> None:
    world = World()
    message = world.message(expiresAt=(world.clock.now() + timedelta(minutes=1)).isoformat())
    world.clock.move(minutes=1)
    await world.service.handle(message)
    assert world.outcomes() == [("expired", "past_expiry")]
    assert world.directory.reads == 0


async def test_a_request_without_expiry_expires_at_policys_maximum_age() -> None:
    world = World(loaded_policy=policy(requestAge={"maximum": "PT1H"}))
    message = world.message()
    world.clock.move(hours=1)
    await world.service.handle(message)
    assert world.outcomes() == [("expired", "past_expiry")]


async def test_the_region_comes_from_the_request_then_the_user_then_policy() -> None:
    world = World()
    await world.service.handle(world.message("R-1", phoneNumber="0664 1234567", region="AT"))
    assert world.phone() == PhoneNumber(43, "6641234567")
    await world.service.handle(world.message("R-2"))
    assert world.phone() == NEW


async def test_a_compare_and_set_request_runs_when_the_current_number_is_as_expected() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    await world.service.handle(world.message(ifCurrent="0151 23456780"))
    assert world.outcomes() == [("changed", "replaced")]


async def test_the_event_repeats_the_request_and_the_policys_version_without_a_clear_number() -> None:
    world = World([person("anna", phones={PhoneType.MOBILE: OLD})])
    await world.service.handle(world.message(reason="INC-1: new phone 0151-23456789, before +49 151 23456780"))
    event = world.event()
    assert event["id"] == "R-1:changed"
    assert event["type"] == "mfaphone.change.changed"
    assert event["subject"] == world.people[0].user.id
    assert event["data"]["policyVersion"] == "test+0"
    assert event["data"]["reason"] == "INC-1: new phone ****-******89, before +** *** ******80"
    assert world.events.sent[0].message_id == "R-1:changed"


@pytest.mark.parametrize(
    ("message_id", "session", "warnings"),
    [
        ("R-1", "anna@contoso.example", []),
        ("other", "anna@contoso.example", ["message_id_mismatch"]),
        ("R-1", "other", ["session_mismatch"]),
    ],
)
async def test_a_message_that_breaks_the_envelopes_rules_runs_with_a_warning(
    message_id: str, session: str, warnings: list[str]
) -> None:
    world = World()
    body = world.message().body
    await world.service.handle(world.raw(body, message_id, session))
    assert world.event()["data"]["warnings"] == warnings
    assert world.outcomes() == [("changed", "created")]
