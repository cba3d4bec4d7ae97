"""Whose phones are never touched."""

from typing import Any

import pytest

from shared.codes import Code
from shared.directory_user import DirectoryGroup, DirectoryRole, Holding, Tie, Undetermined
from shared.policy.answers import Answer
from tests.unit.policy.facts import ADMIN, ANNA, GROUP, fired, removal, request, state

GLOBAL_ADMIN = DirectoryRole(ADMIN, "Global Administrator")
HELPDESK = DirectoryRole("729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator")
UNREADABLE = DirectoryRole("", "")


def test_an_ordinary_user_is_touched() -> None:
    assert fired() == {}


@pytest.mark.parametrize("holding", [Holding.ACTIVE, Holding.ELIGIBLE])
@pytest.mark.parametrize(
    ("listed", "role", "protected"),
    [
        (["*"], HELPDESK, True),
        ([ADMIN.upper()], GLOBAL_ADMIN, True),
        (["global administrator"], GLOBAL_ADMIN, True),
        (["Global Administrator"], HELPDESK, False),
        ([ADMIN], HELPDESK, False),
        (["Global Administrator"], UNREADABLE, True),
        ([ADMIN], UNREADABLE, True),
        (["*"], UNREADABLE, True),
        # Policy names roles by what the app may not read of this one.
        (["Global Administrator"], DirectoryRole(ADMIN, ""), True),
        ([ADMIN], DirectoryRole("", "Helpdesk Administrator"), True),
        ([ADMIN], DirectoryRole(HELPDESK.template_id, ""), False),
        (["Global Administrator"], DirectoryRole("", "Helpdesk Administrator"), False),
        # Entra may rename a role.
        (["Global Administrator"], DirectoryRole(ADMIN, "Tenant Administrator"), True),
    ],
)
def test_holders_of_protected_roles_are_not_touched(
    listed: list[str],
    role: DirectoryRole,
    protected: bool,  # noqa: FBT001 - parametrized
    holding: Holding,
) -> None:
    held = DirectoryRole(role.template_id, role.name, holding)
    code = Code.PRIVILEGED_USER if holding is Holding.ACTIVE else Code.ELIGIBLE_ADMINISTRATOR
    found = fired(policy={"protectedUsers": {"directoryRoles": listed}}, state=state(roles=(held,)))
    assert found == ({code: Answer.REFUSE} if protected else {})


def test_a_tenant_without_pim_may_switch_eligible_roles_off_and_active_ones_never() -> None:
    roles = (DirectoryRole(ADMIN, "Global Administrator", Holding.ELIGIBLE),)
    off = {"protectedUsers": {"eligibleRoles": False}}
    assert fired(policy=off, state=state(roles=roles)) == {}
    assert Code.PRIVILEGED_USER in fired(policy=off, state=state(roles=(GLOBAL_ADMIN,)))


@pytest.mark.parametrize("tie", list(Tie))
@pytest.mark.parametrize(("assignable", "protected"), [(True, True), (None, True), (False, False)])
def test_members_and_owners_of_role_assignable_groups_are_not_touched(
    tie: Tie,
    assignable: bool | None,  # noqa: FBT001 - parametrized
    protected: bool,  # noqa: FBT001 - parametrized
) -> None:
    group = DirectoryGroup(GROUP, "Tier 0", assignable, tie)
    found = fired(state=state(groups=(group,)))
    assert found == ({Code.ROLE_GROUP: Answer.REFUSE} if protected else {})
    off = {"protectedUsers": {"roleAssignableGroups": False}}
    assert fired(policy=off, state=state(groups=(group,))) == {}


def test_a_tenant_without_pim_knows_no_possible_members() -> None:
    group = DirectoryGroup(GROUP, "Tier 0", role_assignable=True, tie=Tie.POSSIBLE)
    rules = {"protectedUsers": {"eligibleRoles": False, "groups": [GROUP]}}
    assert fired(policy=rules, state=state(groups=(group,))) == {}


def test_a_user_in_a_restricted_unit_is_not_touched() -> None:
    assert fired(state=state(user={"management_restricted": True})) == {Code.RESTRICTED_USER: Answer.REFUSE}


@pytest.mark.parametrize(
    "listed",
    [
        {"users": [ANNA.upper()]},
        {"users": ["ANNA@contoso.example"]},
        {"groups": [GROUP.upper()]},
    ],
)
@pytest.mark.parametrize("answer", [Answer.REFUSE, Answer.HOLD])
def test_whom_policy_lists_is_not_touched(listed: dict[str, Any], answer: Answer) -> None:
    for tie in Tie:
        anna = state(groups=(DirectoryGroup(GROUP, "Board", tie=tie),))
        rules = {"protectedUsers": listed, "answers": {"protected_user": answer}}
        assert fired(policy=rules, state=anna) == {Code.PROTECTED_USER: answer}


def test_whom_policy_does_not_list_is_touched() -> None:
    listed = {"users": ["anna@fabrikam.example", GROUP], "groups": [ANNA]}
    assert fired(policy={"protectedUsers": listed}) == {}


@pytest.mark.parametrize(("user_type", "is_one"), [("member", False), ("guest", True), (None, True), ("other", True)])
def test_whoever_is_not_known_to_be_a_member_is_a_guest(
    user_type: str | None,
    is_one: bool,  # noqa: FBT001 - parametrized
) -> None:
    for answer in Answer:
        found = fired(policy={"answers": {"guest_user": answer}}, state=state(user={"user_type": user_type}))
        assert found == ({Code.GUEST_USER: answer} if is_one and answer is not Answer.ALLOW else {})


@pytest.mark.parametrize("source", list(Undetermined))
def test_what_cannot_be_read_protects(source: Undetermined) -> None:
    assert fired(state=state(undetermined=frozenset({source}))) == {Code.PROTECTION_UNKNOWN: Answer.REFUSE}


@pytest.mark.parametrize(
    ("protected", "needed"),
    [
        (
            {"eligibleRoles": False},
            {Undetermined.MEMBERSHIPS, Undetermined.ROLE_ASSIGNMENTS, Undetermined.OWNED_GROUPS},
        ),
        ({"roleAssignableGroups": False}, set(Undetermined) - {Undetermined.OWNED_GROUPS}),
        ({"roleAssignableGroups": False, "groups": [GROUP]}, set(Undetermined)),
    ],
)
def test_only_what_no_rule_goes_by_may_stay_unread(protected: dict[str, Any], needed: set[Undetermined]) -> None:
    for source in Undetermined:
        found = fired(policy={"protectedUsers": protected}, state=state(undetermined=frozenset({source})))
        assert (Code.PROTECTION_UNKNOWN in found) is (source in needed)


def test_protection_holds_for_every_operation() -> None:
    admin = state(roles=(GLOBAL_ADMIN,))
    for asked in (request(), removal(), removal(None)):
        assert Code.PRIVILEGED_USER in fired(asked, state=admin)
