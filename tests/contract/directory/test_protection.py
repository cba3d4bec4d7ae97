"""What protects a user is found wherever Entra keeps it, and where Graph does not tell, that is told."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.directory_user import (
    DirectoryRole,
    Holding,
    Tie,
    Undetermined,
    UserAbsent,
    UserAmbiguous,
    UserDeleted,
    UserState,
)
from shared.errors import DirectoryRefusedError, DirectoryThrottledError, DirectoryUnavailableError
from shared.messages.change_request import UserKey
from tests.contract.directory.conftest import ASSIGNMENTS, ELIGIBLE, ELIGIBLE_GROUPS, GROUPS, PERMISSIONS, Reach

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
CLERK = "99999999-0000-0000-0000-000000000001"
GONE = "00000000-0000-4000-8000-0000000000de"
SOURCES = {
    "/users/{id}/transitiveMemberOf": Undetermined.MEMBERSHIPS,
    GROUPS: Undetermined.OWNED_GROUPS,
    "/groups/{id}/owners": Undetermined.OWNED_GROUPS,
    ASSIGNMENTS: Undetermined.ROLE_ASSIGNMENTS,
    ELIGIBLE: Undetermined.ELIGIBLE_ROLES,
    ELIGIBLE_GROUPS: Undetermined.ELIGIBLE_GROUPS,
}
PROTECTED: dict[str, dict[str, Any]] = {
    "ordinary": {"memberOf": ["Staff"]},
    "direct": {"roles": ["Global Administrator"]},
    "nested": {"memberOf": ["Inner circle"]},
    "custom": {"roles": [{"displayName": "Phone Clerk", "roleTemplateId": CLERK}]},
    "scoped": {"scopedRoles": [{"displayName": "Helpdesk Administrator", "administrativeUnit": "Berlin"}]},
    "eligible": {"eligibleRoles": ["Global Administrator"]},
    "eligible.through.group": {"memberOf": ["Tier 1"]},
    "owner": {"owns": ["Tier 0", "Staff"]},
    "possible": {"eligibleMemberOf": ["Tier 0", "Staff"]},
    "restricted": {"isManagementRestricted": True},
    "guest": {"userType": "Guest"},
    "untyped": {"userType": None},
    "fresh": {"lastPasswordChangeDateTime": "2026-11-20T08:15:00+01:00"},
    "ageless": {"lastPasswordChangeDateTime": None},
    "gone": {"id": GONE, "employeeId": "77", "deleted": True},
    "deaf": {"deleted": True},
    "gone.once.more": {"employeeId": "78", "deleted": True},
    "gone.twin": {"employeeId": "78", "deleted": True},
}


@pytest.fixture
def tenant(tenant: dict[str, Any]) -> dict[str, Any]:
    tenant["users"] += [{"userPrincipalName": name_of(who), **words} for who, words in PROTECTED.items()]
    tenant["groups"] += [
        {"displayName": "Staff"},
        {"displayName": "Tier 1", "isAssignableToRole": True, "eligibleRoles": ["Global Administrator"]},
    ]
    return tenant


def name_of(who: str) -> str:
    return f"{who}@contoso.example"


async def state_of(reach: Reach, who: str) -> UserState:
    state = await reach.directory.read_state(UserKey(userPrincipalName=name_of(who)))
    assert isinstance(state, UserState)
    return state


def groups(state: UserState) -> set[tuple[str, bool | None, Tie]]:
    return {(group.name, group.role_assignable, group.tie) for group in state.groups}


async def test_a_user_whom_nothing_protects_has_no_role_and_nothing_is_left_open(reach: Reach) -> None:
    state = await state_of(reach, "ordinary")
    assert (state.roles, groups(state), state.undetermined) == ((), {("Staff", False, Tie.MEMBER)}, frozenset())
    assert (state.user.management_restricted, state.user.user_type) == (False, "member")


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("direct", DirectoryRole(GLOBAL_ADMINISTRATOR, "Global Administrator")),
        ("nested", DirectoryRole(GLOBAL_ADMINISTRATOR, "Global Administrator")),
        ("custom", DirectoryRole(CLERK, "Phone Clerk")),
        ("scoped", DirectoryRole("729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator")),
        ("eligible", DirectoryRole(GLOBAL_ADMINISTRATOR, "Global Administrator", Holding.ELIGIBLE)),
    ],
)
async def test_a_role_is_seen_however_it_is_held(reach: Reach, who: str, role: DirectoryRole) -> None:
    """Directly, through nested groups, of the tenant's own making, for one administrative unit, or eligible."""
    state = await state_of(reach, who)
    assert state.roles == (role,), "once, although memberships and assignments both name it"
    assert state.undetermined == frozenset()


@pytest.mark.parametrize(
    ("who", "tie"),
    [
        ("nested", Tie.MEMBER),
        ("owner", Tie.OWNER),
        ("possible", Tie.POSSIBLE),
    ],
)
async def test_who_is_in_a_role_assignable_group_or_owns_it_or_may_join_it_is_seen(
    reach: Reach, who: str, tie: Tie
) -> None:
    assert ("Tier 0", True, tie) in groups(await state_of(reach, who))


async def test_another_group_that_may_be_joined_is_told_as_such(reach: Reach) -> None:
    assert ("Staff", False, Tie.POSSIBLE) in groups(await state_of(reach, "possible"))


@pytest.mark.parametrize(("status", "code"), [(403, "Authorization_RequestDenied"), (404, "Request_ResourceNotFound")])
async def test_a_group_that_may_be_joined_and_not_be_read_may_hold_roles(reach: Reach, status: int, code: str) -> None:
    reach.fail(match={"path": "/groups/{id}"}, status=status, code=code, times=2)
    state = await state_of(reach, "possible")
    assert {(group.role_assignable, group.tie) for group in state.groups} == {(None, Tie.POSSIBLE)}
    assert all(group.id for group in state.groups), "policy's list of groups goes by the id"


async def test_a_group_that_may_be_joined_is_waited_for_while_graph_fails(reach: Reach) -> None:
    reach.fail(match={"path": "/groups/{id}"}, status=503)
    with pytest.raises(DirectoryUnavailableError):
        await state_of(reach, "possible")


async def test_a_role_for_which_a_group_is_eligible_shows_by_the_group(reach: Reach) -> None:
    """Only a role-assignable group can be eligible for a role, and its members are protected as such."""
    state = await state_of(reach, "eligible.through.group")
    assert groups(state) == {("Tier 1", True, Tie.MEMBER)}
    assert state.roles == ()


async def test_a_restricted_management_unit_is_seen(reach: Reach) -> None:
    assert (await state_of(reach, "restricted")).user.management_restricted is True


@pytest.mark.parametrize(("who", "user_type"), [("guest", "guest"), ("ordinary", "member"), ("untyped", None)])
async def test_a_user_is_a_member_or_a_guest_or_unknown(reach: Reach, who: str, user_type: str | None) -> None:
    assert (await state_of(reach, who)).user.user_type == user_type


async def test_the_time_of_the_last_password_change_is_told_in_utc_or_unknown(reach: Reach) -> None:
    assert (await state_of(reach, "fresh")).user.password_changed_at == datetime(2026, 11, 20, 7, 15, tzinfo=UTC)
    assert (await state_of(reach, "ageless")).user.password_changed_at is None


@pytest.mark.parametrize(
    "key",
    [
        UserKey(id=GONE),
        UserKey(id=GONE.upper()),
        UserKey(userPrincipalName="Gone@contoso.example"),
        UserKey(employeeId="77"),
    ],
    ids=["id", "id in capitals", "user principal name", "employee id"],
)
async def test_a_soft_deleted_user_is_found_by_each_key(reach: Reach, key: UserKey) -> None:
    assert await reach.directory.read_state(key) == UserDeleted(GONE)


@pytest.mark.parametrize("end", ["one", "f"])
async def test_the_end_of_a_deleted_users_name_is_not_the_name(reach: Reach, end: str) -> None:
    """Failure guarded against: `one@` found as `gone@`, or `f@` as `deaf@`, whose letters could be of the id."""
    assert await reach.directory.read_state(UserKey(userPrincipalName=name_of(end))) == UserAbsent()


async def test_two_deleted_users_of_one_employee_id_are_none(reach: Reach) -> None:
    assert await reach.directory.read_state(UserKey(employeeId="78")) == UserAmbiguous(2)


@pytest.mark.parametrize(
    ("granted", "undetermined"),
    [
        ([each for each in PERMISSIONS if each != missing], undetermined)
        for missing, undetermined in {
            "RoleManagement.Read.Directory": {Undetermined.ROLE_ASSIGNMENTS, Undetermined.ELIGIBLE_ROLES},
            "PrivilegedEligibilitySchedule.Read.AzureADGroup": {Undetermined.ELIGIBLE_GROUPS},
            "GroupMember.Read.All": {Undetermined.OWNED_GROUPS},
        }.items()
    ],
    ids=["without roles", "without eligible groups", "without groups"],
)
async def test_what_a_missing_permission_hides_is_named(reach: Reach, undetermined: set[Undetermined]) -> None:
    assert (await state_of(reach, "ordinary")).undetermined == undetermined


@pytest.mark.parametrize("granted", [[each for each in PERMISSIONS if not each.startswith("RoleManagement")]])
async def test_a_role_whose_name_is_hidden_is_still_a_role(reach: Reach) -> None:
    for who in ("direct", "nested"):
        assert DirectoryRole("", "") in (await state_of(reach, who)).roles


@pytest.mark.parametrize("granted", [[each for each in PERMISSIONS if not each.startswith("GroupMember")]])
async def test_of_a_hidden_group_it_is_unknown_whether_it_holds_roles(reach: Reach) -> None:
    for who in ("ordinary", "nested", "possible", "eligible.through.group"):
        state = await state_of(reach, who)
        assert state.groups
        assert {(group.name, group.role_assignable) for group in state.groups} == {("", None)}


@pytest.mark.parametrize(
    "granted", [[each for each in PERMISSIONS if each != missing] for missing in PERMISSIONS], ids=PERMISSIONS
)
@pytest.mark.parametrize("who", ["direct", "nested", "scoped", "eligible", "owner", "possible", "custom"])
async def test_without_any_one_permission_no_administrator_passes_for_an_ordinary_user(reach: Reach, who: str) -> None:
    with suppress(DirectoryRefusedError):
        state = await state_of(reach, who)
        open_groups = [group for group in state.groups if group.role_assignable is not False]
        assert state.roles or open_groups or state.undetermined


@pytest.mark.parametrize("path", SOURCES)
@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "Authorization_RequestDenied"), (400, "AadPremiumLicenseRequired"), (403, "accessDenied")],
)
async def test_a_source_that_graph_refuses_is_undetermined_and_the_others_are_read(
    reach: Reach, path: str, status: int, code: str
) -> None:
    """For want of a permission, or of Entra ID P2 for PIM."""
    reach.fail(match={"path": path}, status=status, code=code)
    state = await state_of(reach, "ordinary")
    assert state.undetermined == {SOURCES[path]}
    assert bool(state.groups) is (SOURCES[path] is not Undetermined.MEMBERSHIPS)


@pytest.mark.parametrize("path", SOURCES)
async def test_a_throttled_source_is_waited_for_and_not_left_open(reach: Reach, path: str) -> None:
    reach.fail(match={"path": path}, status=429, retryAfter="11")
    with pytest.raises(DirectoryThrottledError) as fault:
        await state_of(reach, "ordinary")
    assert fault.value.retry_after == 11


@pytest.mark.parametrize("path", SOURCES)
@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 503}, {"status": 504}, {"drop": True}], ids=["500", "503", "504", "dropped"]
)
async def test_a_source_that_fails_is_waited_for_and_not_left_open(
    reach: Reach, path: str, fault: dict[str, Any]
) -> None:
    reach.fail(match={"path": path}, **fault)
    with pytest.raises(DirectoryUnavailableError):
        await state_of(reach, "ordinary")


async def test_a_deleted_user_is_waited_for_while_graph_fails(reach: Reach) -> None:
    reach.fail(match={"path": "/directory/deletedItems/{id}"}, status=503)
    with pytest.raises(DirectoryUnavailableError):
        await reach.directory.read_state(UserKey(id=GONE))
