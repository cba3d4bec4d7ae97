"""Protection, lock-out and telephony as a whole request meets them: the event says what was decided and why."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.directory_user import DirectoryGroup, DirectoryRole, Holding, Tie, Undetermined
from shared.phone.phone_type import PhoneType
from shared.ports import DEFAULT_METHOD, WriteAnswer, WriteCertainty
from tests.fakes.clock import MovedClock
from tests.fakes.world import ADMIN_ROLE, OLD, World, person, policy

GROUP = "11111111-1111-4111-8111-111111111111"
MICROSOFT = {"mode": "microsoft", "retiresOn": "2027-02-01", "warnFrom": "P60D"}


def world(*, phones: tuple[PhoneType, ...] = (PhoneType.MOBILE,), **changed: Any) -> World:
    return World([person("anna", phones=dict.fromkeys(phones, OLD))], policy(**changed))


async def ended(found: World, **fields: Any) -> tuple[str, str]:
    await found.service.handle(found.message(**fields))
    return found.outcomes()[-1]


PROTECTED: list[tuple[dict[str, Any], str]] = [
    ({"roles": (ADMIN_ROLE,)}, "privileged_user"),
    ({"roles": (DirectoryRole("", ""),)}, "privileged_user"),
    ({"roles": (replace(ADMIN_ROLE, holding=Holding.ELIGIBLE),)}, "eligible_administrator"),
    ({"groups": (DirectoryGroup(GROUP, "Admins", role_assignable=True),)}, "role_group"),
    ({"groups": (DirectoryGroup(GROUP, "Admins", role_assignable=True, tie=Tie.OWNER),)}, "role_group"),
    ({"groups": (DirectoryGroup(GROUP, "", role_assignable=None),)}, "role_group"),
    *(({"undetermined": frozenset({what})}, "protection_unknown") for what in Undetermined),
]


@pytest.mark.parametrize(("fields", "code"), PROTECTED)
async def test_nobody_who_is_or_may_become_an_administrator_is_touched(fields: dict[str, Any], code: str) -> None:
    found = world()
    for name, value in fields.items():
        setattr(found.people[0], name, value)
    assert await ended(found) == ("rejected", code)
    assert found.directory.writes == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"management_restricted": True}, "restricted_user"),
        ({"user_type": "guest"}, "guest_user"),
        ({"user_type": None}, "guest_user"),
    ],
)
async def test_whom_the_directory_shields_is_not_touched(fields: dict[str, Any], code: str) -> None:
    found = world()
    found.people[0].user = replace(found.people[0].user, **fields)
    assert await ended(found) == ("rejected", code)


async def test_members_and_owners_of_a_listed_group_are_not_touched() -> None:
    for tie in Tie:
        found = world(protectedUsers={"groups": [GROUP.upper()]})
        found.people[0].groups = (DirectoryGroup(GROUP, "Board", tie=tie),)
        assert await ended(found) == ("rejected", "protected_user")


async def test_a_listed_user_may_be_held_instead_where_policy_says_so() -> None:
    found = world(protectedUsers={"users": ["anna@contoso.example"]}, answers={"protected_user": "hold"})
    assert await ended(found) == ("held", "protected_user")


async def test_a_deleted_user_is_refused_or_waited_for_as_policy_says() -> None:
    found = world()
    found.people[0].deleted = True
    assert await ended(found) == ("rejected", "user_deleted")
    waiting = world(protectedUsers={"deleted": "wait"})
    waiting.people[0].deleted = True
    await waiting.service.handle(waiting.message())
    assert waiting.outcomes() == []
    waiting.people[0].deleted = False
    await waiting.handle_postponed()
    assert waiting.outcomes() == [("changed", "replaced")]


async def test_a_refusal_lists_every_rule_that_fired() -> None:
    found = world(blockedNumbers=["+49151"], requesters={"workday": ["set"]})
    found.people[0].roles = (ADMIN_ROLE,)
    found.people[0].user = replace(found.people[0].user, user_type="guest")
    assert await ended(found, region="DE", phoneType="office") == ("rejected", "number_blocked")
    # What needs no directory is told without it.
    codes = [finding["code"] for finding in found.event()["data"]["findings"]]
    assert codes == ["number_blocked", "number_type_not_allowed"]
    assert await ended(found, requestId="R-2") == ("rejected", "privileged_user")
    codes = [finding["code"] for finding in found.event()["data"]["findings"]]
    assert codes == ["privileged_user", "guest_user", "number_blocked"]


async def test_the_event_carries_the_proof_that_nobody_is_locked_out() -> None:
    found = world(telephony={"mode": "customer_provider"})
    await ended(found)
    proof = found.event()["data"]["lockOutProof"]
    assert (proof["before"], proof["after"], proof["minimum"]) == (2, 2, 1)
    assert [method["method"] for method in proof["methods"]] == [
        "phone mobile",
        "microsoftAuthenticatorAuthenticationMethod",
    ]
    assert found.ledger.endings["R-1"].verdict.proof is not None


async def test_a_removal_that_leaves_too_little_is_refused_with_the_proof() -> None:
    found = world()
    found.people[0].other_methods = ("passwordAuthenticationMethod", "emailAuthenticationMethod")
    assert await ended(found, operation="remove", phoneNumber=None) == ("rejected", "would_lock_out")
    assert found.event()["data"]["lockOutProof"]["after"] == 0


async def test_two_phones_count_once() -> None:
    found = world(phones=(PhoneType.MOBILE, PhoneType.OFFICE), lockOut={"minimumUsableMethods": 2})
    found.people[0].other_methods = ("fido2AuthenticationMethod",)
    assert await ended(found, operation="remove", phoneNumber=None) == ("rejected", "would_lock_out")
    one = await ended(found, requestId="R-2", operation="remove", phoneNumber=None, phoneType="office")
    assert one == ("changed", "removed")


async def test_a_leaver_may_be_emptied() -> None:
    found = world(phones=(PhoneType.MOBILE, PhoneType.OFFICE))
    found.people[0].other_methods = ()
    found.people[0].user = replace(found.people[0].user, account_enabled=False)
    assert await ended(found, operation="remove", phoneNumber=None) == ("changed", "removed")
    assert found.event()["data"]["lockOutProof"]["exempt"] == "the account is disabled"


async def test_an_account_of_unknown_state_is_no_leaver() -> None:
    found = world()
    found.people[0].other_methods = ()
    found.people[0].user = replace(found.people[0].user, account_enabled=None)
    assert await ended(found, operation="remove", phoneNumber=None) == ("rejected", "would_lock_out")


async def test_a_default_method_that_graph_does_not_delete_is_explained_and_not_retried() -> None:
    found = world()
    found.directory.answers = [(False, WriteAnswer(WriteCertainty.REFUSED, 400, DEFAULT_METHOD))]
    assert await ended(found, operation="remove", phoneNumber=None) == ("failed", "default_method")
    assert "another default must be chosen" in found.event()["data"]["message"]
    assert found.queue.postponed == []
    assert found.history.notes == set()


@pytest.mark.parametrize(
    ("day", "mode", "outcome", "warnings"),
    [
        ("2026-12-02", "microsoft", ("changed", "replaced"), []),
        ("2026-12-03", "microsoft", ("changed", "replaced"), ["telephony_retires"]),
        ("2027-01-31", "microsoft", ("changed", "replaced"), ["telephony_retires"]),
        ("2027-02-01", "microsoft", ("rejected", "telephony_retired"), []),
        ("2027-02-02", "microsoft", ("rejected", "telephony_retired"), []),
        ("2027-02-02", "customer_provider", ("changed", "replaced"), []),
        ("2026-12-01", "retired", ("rejected", "telephony_retired"), []),
    ],
)
async def test_the_day_and_the_mode_decide_what_a_phone_is_worth(
    day: str, mode: str, outcome: tuple[str, str], warnings: list[str]
) -> None:
    found = World(
        [person("anna", phones={PhoneType.MOBILE: OLD})],
        policy(telephony={**MICROSOFT, "mode": mode}),
        clock=MovedClock(datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)),
    )
    assert await ended(found) == outcome
    assert found.event()["data"]["warnings"] == warnings


async def test_a_change_after_the_day_may_be_let_through_with_a_warning() -> None:
    found = world(telephony={"mode": "retired"}, answers={"telephony_retired": "warn"})
    assert await ended(found) == ("changed", "replaced")
    assert found.event()["data"]["warnings"] == ["telephony_retired"]
    assert found.event()["data"]["lockOutProof"]["methods"][0]["usable"] is False


async def test_a_phone_that_is_all_that_a_user_has_is_warned_of() -> None:
    found = world()
    found.people[0].other_methods = ("passwordAuthenticationMethod",)
    assert await ended(found) == ("changed", "replaced")
    assert found.event()["data"]["warnings"] == ["phone_is_only_method"]


async def test_after_the_day_removing_a_phone_takes_nothing_away() -> None:
    found = world(telephony={"mode": "retired"})
    found.people[0].other_methods = ()
    assert await ended(found, operation="remove", phoneNumber=None) == ("changed", "removed")


async def test_a_number_that_the_tenants_provider_does_not_reach_would_lock_out() -> None:
    found = world(telephony={"mode": "customer_provider", "reachableRegions": ["DE"]})
    found.people[0].other_methods = ()
    assert await ended(found, phoneNumber="+33 6 12 34 56 78") == ("rejected", "would_lock_out")


async def test_an_exception_lets_through_until_its_last_day_and_is_named() -> None:
    exception = {
        "id": "voip-pilot",
        "codes": ["region_not_allowed"],
        "users": ["anna@contoso.example"],
        "owner": "ciso@contoso.example",
        "reason": "Pilot",
        "expires": "2026-11-23",
    }
    found = world(regions={"allowed": ["FR"], "default": "DE"}, exceptions=[exception])
    assert await ended(found) == ("changed", "replaced")
    (finding,) = found.event()["data"]["findings"]
    assert (finding["answer"], finding["excusedBy"]) == ("allow", "voip-pilot")
    found.clock.move(days=1)
    assert await ended(found, requestId="R-2", phoneNumber="+49 151 11112222") == ("rejected", "region_not_allowed")


async def test_what_graph_demands_is_told_beside_what_policy_says() -> None:
    found = world(phones=(), tripwires={"coolDown": "P1D"})
    desk = {"phoneType": "office", "phoneNumber": "+49 30 901820"}
    assert await ended(found, requestId="R-0", **desk) == ("changed", "created")
    assert await ended(found, phoneType="alternateMobile") == ("rejected", "mobile_required")
    assert [each["code"] for each in found.event()["data"]["findings"]] == ["cool_down", "mobile_required"]
