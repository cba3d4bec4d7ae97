"""Whom policy protects is read for the whole tenant: the same people whom a change would be refused for."""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.compliance.rows import ProtectedPerson, Protection
from shared.directory_user import Undetermined, UserState
from shared.errors import DirectoryThrottledError, DirectoryUnavailableError
from shared.graph.directory import GraphDirectory
from shared.graph.permissions import Identity, permissions_of
from shared.graph.sweeping.protection_reader import GraphProtectionReader
from shared.messages.change_request import UserKey
from shared.policy.facts import Facts
from shared.policy.model import Policy
from shared.policy.rules import deny_list, eligible_role, role_group, role_holder
from tests.contract.directory.far_end import FarEnd
from tests.contract.sweep_graph.answers import listed, refused
from tests.contract.sweep_graph.conftest import PERMISSIONS, Reach, Sweep
from tests.unit.policy.facts import NOW, policy, request

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
CLERK = "99999999-0000-0000-0000-000000000001"
LISTED_GROUP = "22222222-2222-4222-8222-222222222222"
LISTED_USER = "00000000-0000-4000-8000-0000000000aa"
ABSENT = "33333333-3333-4333-8333-333333333333"
ASSIGNMENTS = "/roleManagement/directory/roleAssignments"
DEFINITIONS = "/roleManagement/directory/roleDefinitions"
ELIGIBLE = "/roleManagement/directory/roleEligibilitySchedules"
ELIGIBLE_GROUPS = "/identityGovernance/privilegedAccess/group/eligibilitySchedules"
GROUPS, MEMBERS, OWNERS = "/groups", "/groups/g/transitiveMembers", "/groups/g/owners"
PREFIX = "#microsoft.graph."
PEOPLE: dict[str, dict[str, Any]] = {
    "ordinary": {"memberOf": ["Staff"]},
    "direct": {"roles": ["Global Administrator"]},
    "reader": {"roles": ["Global Reader"]},
    "custom": {"roles": [{"displayName": "Phone Clerk", "roleTemplateId": CLERK}]},
    "scoped": {"scopedRoles": [{"displayName": "Helpdesk Administrator", "administrativeUnit": "Berlin"}]},
    "eligible": {"eligibleRoles": ["Global Administrator"]},
    "member": {"memberOf": ["Tier 0"]},
    "nested": {"memberOf": ["Inner circle"]},
    "eligible.through.group": {"memberOf": ["Tier 1"]},
    "owner": {"owns": ["Tier 0", "Staff"]},
    "possible": {"eligibleMemberOf": ["Tier 0", "Staff"]},
    "empty.handed": {"memberOf": ["Without roles"]},
    "executive": {"memberOf": ["Board"]},
    "assistant": {"owns": ["Board"]},
    "heir": {"eligibleMemberOf": ["Board"]},
    "break.glass": {"id": LISTED_USER},
    "by.name": {},
    "several": {"memberOf": ["Tier 0", "Board"], "roles": ["Global Administrator"]},
}
LISTS = {
    "users": [LISTED_USER.upper(), "By.Name@contoso.example", "nobody@contoso.example"],
    "groups": [LISTED_GROUP.upper(), ABSENT],
}
POLICIES = {
    "default": policy(),
    "one role": policy(protectedUsers={"directoryRoles": ["Global Administrator"], **LISTS}),
    "by id": policy(protectedUsers={"directoryRoles": [GLOBAL_ADMINISTRATOR, CLERK], **LISTS}),
    "not eligible": policy(protectedUsers={"eligibleRoles": False, **LISTS}),
    "lists": policy(protectedUsers=LISTS),
}
WITHOUT_GROUPS = policy(protectedUsers={"roleAssignableGroups": False})


def name_of(who: str) -> str:
    return f"{who}@contoso.example"


@pytest.fixture
def tenant() -> dict[str, Any]:
    return {
        "users": [{"userPrincipalName": name_of(who), **words} for who, words in PEOPLE.items()],
        "groups": [
            {"displayName": "Staff"},
            {"displayName": "Tier 0", "isAssignableToRole": True, "roles": ["Global Administrator"]},
            {"displayName": "Inner circle", "memberOf": ["Tier 0"]},
            {"displayName": "Tier 1", "isAssignableToRole": True, "eligibleRoles": ["Global Administrator"]},
            {"displayName": "Without roles", "isAssignableToRole": True},
            {"displayName": "Board", "id": LISTED_GROUP},
        ],
    }


@pytest.fixture
def granted() -> list[str]:
    """Those of both identities: the same people are looked at from both sides."""
    return sorted({*PERMISSIONS, *permissions_of(Identity.CHANGES)})


def reader(reach: Sweep, rules: Policy) -> GraphProtectionReader:
    return GraphProtectionReader(reach.client, reach.calls, rules)


def names(reach: Reach, protection: Protection) -> dict[str, tuple[str, ...]]:
    known = {user.id: user.user_principal_name.partition("@")[0] for user in reach.graph.tenant.live_users()}
    return {known[person.user_id]: person.because for person in protection.people}


async def states(reach: Reach) -> dict[str, UserState]:
    """Reads everybody as a change would."""
    directory = GraphDirectory(reach.client, reach.calls, [LISTED_GROUP])
    found = {}
    for who in PEOPLE:
        state = await directory.read_state(UserKey(userPrincipalName=name_of(who)))
        assert isinstance(state, UserState)
        found[who] = state
    await directory.close()
    return found


def refused_for_change(found: Mapping[str, UserState], rules: Policy) -> set[str]:
    """Gives those whom the rules of a change object to."""
    asked = [each.RULE for each in (deny_list, eligible_role, role_group, role_holder)]
    asked = [rule for rule in asked if not rule.is_off(rules)]
    facts = {who: Facts(request(), rules, NOW, state) for who, state in found.items()}
    return {who for who, each in facts.items() if any(rule.objection(each) for rule in asked)}


async def test_the_sweep_protects_exactly_those_for_whom_a_change_is_refused(reach: Reach) -> None:
    found = await states(reach)
    for name, rules in POLICIES.items():
        protection = await reader(reach, rules).read()
        assert set(names(reach, protection)) == refused_for_change(found, rules), name
        assert protection.undetermined == frozenset(), name


async def test_without_role_assignable_groups_the_sweep_sees_no_less_than_a_change(reach: Reach) -> None:
    """And more: what such a group may activate shows from the group's side."""
    found = set(names(reach, await reader(reach, WITHOUT_GROUPS).read()))
    assert found == refused_for_change(await states(reach), WITHOUT_GROUPS) | {"eligible.through.group"}


async def test_everyone_is_told_once_with_all_that_protects(reach: Reach) -> None:
    found = names(reach, await reader(reach, POLICIES["lists"]).read())
    assert found["direct"] == ("holds Global Administrator",)
    assert found["custom"] == ("holds Phone Clerk",)
    assert found["scoped"] == ("holds Helpdesk Administrator",)
    assert found["eligible"] == ("may activate Global Administrator",)
    assert found["nested"] == (
        "holds Global Administrator through the group Tier 0",
        "member of the role-assignable group Tier 0",
    )
    assert found["eligible.through.group"] == (
        "may activate Global Administrator through the group Tier 1",
        "member of the role-assignable group Tier 1",
    )
    assert found["owner"] == ("owner of the role-assignable group Tier 0",)
    assert found["possible"] == ("possible member of the role-assignable group Tier 0",)
    assert found["assistant"] == ("owner of the group Board, which is on policy's list",)
    assert found["break.glass"] == found["by.name"] == ("on policy's list",)
    assert len(found["several"]) == 4
    assert "ordinary" not in found


async def test_two_readings_are_the_same(reach: Reach) -> None:
    protection = reader(reach, POLICIES["lists"])
    assert await protection.read() == await protection.read()


ALL_OF_GROUPS = {Undetermined.MEMBERSHIPS, Undetermined.OWNED_GROUPS, Undetermined.ELIGIBLE_GROUPS}
IN_GROUPS = {"member", "nested", "eligible.through.group", "empty.handed", "executive"}
# What each refusal leaves unknown, and who is then known no more.
SOURCES: dict[str, tuple[set[Undetermined], set[str]]] = {
    ASSIGNMENTS: ({Undetermined.ROLE_ASSIGNMENTS}, {"direct", "reader", "custom", "scoped"}),
    ELIGIBLE: ({Undetermined.ELIGIBLE_ROLES}, {"eligible"}),
    ELIGIBLE_GROUPS: ({Undetermined.ELIGIBLE_GROUPS}, {"possible", "heir"}),
    "/groups/{id}/owners": ({Undetermined.OWNED_GROUPS}, {"owner", "assistant"}),
    GROUPS: (ALL_OF_GROUPS, {"owner", "possible", "empty.handed"}),
    "/groups/{id}/transitiveMembers": ({Undetermined.MEMBERSHIPS}, IN_GROUPS),
    DEFINITIONS: (set(), set()),
    "/groups/{id}": (set(), set()),
    "/users/{id}": ({Undetermined.MEMBERSHIPS}, {"by.name"}),
}


@pytest.mark.parametrize("path", SOURCES)
@pytest.mark.parametrize(
    "refusal", [(403, "Authorization_RequestDenied"), (400, "AadPremiumLicenseRequired")], ids=["permission", "licence"]
)
async def test_what_graph_refuses_is_named_and_the_rest_is_told(
    reach: Reach, path: str, refusal: tuple[int, str]
) -> None:
    undetermined, lost = SOURCES[path]
    reach.fail(match={"path": path, "method": "GET"}, status=refusal[0], code=refusal[1], times=None)
    found = await reader(reach, POLICIES["lists"]).read()
    assert found.undetermined == undetermined
    assert set(names(reach, found)) == set(PEOPLE) - {"ordinary"} - lost


async def test_roles_that_graph_does_not_name_are_compared_by_their_ids(reach: Reach) -> None:
    reach.fail(match={"path": DEFINITIONS}, status=403, code="Authorization_RequestDenied", times=None)
    found = names(reach, await reader(reach, POLICIES["by id"]).read())
    assert found["direct"] == (f"holds {GLOBAL_ADMINISTRATOR}",)
    assert "reader" not in found


@pytest.mark.parametrize(
    "path",
    SOURCES,
)
async def test_what_fails_for_a_while_is_waited_for(reach: Reach, path: str) -> None:
    for fault, kind in (({"status": 503}, DirectoryUnavailableError), ({"status": 429}, DirectoryThrottledError)):
        reach.fail(match={"path": path, "method": "GET"}, **fault)
        with pytest.raises(kind):
            await reader(reach, POLICIES["lists"]).read()
        reach.clock.move(minutes=1)


@pytest.fixture
def small(far: FarEnd) -> FarEnd:
    """A far end with one role-assignable group, nobody in it, and no roles."""
    for path in (ASSIGNMENTS, DEFINITIONS, ELIGIBLE, ELIGIBLE_GROUPS, MEMBERS, OWNERS):
        far.says("GET", path, listed())
    far.says("GET", GROUPS, listed({"id": "g", "displayName": "Tier 0"}))
    return far


def principal(kind: str, identity: str = "p") -> dict[str, Any]:
    return {"@odata.type": f"{PREFIX}{kind}", "id": identity}


async def people(sweep: Sweep) -> tuple[ProtectedPerson, ...]:
    return (await sweep.protection.read()).people


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ({"principal": principal("user")}, ("p",)),
        ({"principal": principal("servicePrincipal")}, ()),
        ({"principal": principal("group")}, ("m",)),
        ({"principal": None}, ("p",)),
        ({}, ("p",)),
    ],
    ids=["user", "application", "group", "null", "not shown"],
)
async def test_who_holds_a_role_is_a_user_a_group_or_nobody_of_concern(
    odd: Sweep, small: FarEnd, shown: dict[str, Any], found: tuple[str, ...]
) -> None:
    small.says("GET", ASSIGNMENTS, listed({"id": "x", "roleDefinitionId": "r", "principalId": "p", **shown}))
    small.says("GET", "/groups/p/transitiveMembers", listed(principal("user", "m"), principal("device", "d")))
    assert tuple(person.user_id for person in await people(odd)) == found


async def test_a_holder_whom_graph_does_not_show_may_be_a_known_group(odd: Sweep, small: FarEnd) -> None:
    small.says("GET", ASSIGNMENTS, listed({"id": "x", "roleDefinitionId": "r", "principalId": "G"}))
    small.says("GET", MEMBERS, listed(principal("user", "m")))
    assert await people(odd) == (
        ProtectedPerson("m", ("holds r through the group Tier 0", "member of the role-assignable group Tier 0")),
    )


@pytest.mark.parametrize("path", [MEMBERS, OWNERS])
async def test_only_users_count_among_the_people_of_a_group(odd: Sweep, small: FarEnd, path: str) -> None:
    kinds = ("servicePrincipal", "group", "device", "orgContact")
    small.says("GET", path, listed(*(principal(kind) for kind in kinds), principal("user", "u")))
    assert [person.user_id for person in await people(odd)] == ["u"]


ODD_ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "an assignment to nobody": (ASSIGNMENTS, {"id": "x", "roleDefinitionId": "r"}),
    "an eligibility of nobody": (ELIGIBLE, {"id": "x", "roleDefinitionId": "r"}),
    "a group without an id": (GROUPS, {"displayName": "Tier 0"}),
    "a member of no type": (MEMBERS, {"id": "u"}),
    "a member without an id": (MEMBERS, {"@odata.type": f"{PREFIX}user"}),
    "an owner of no type": (OWNERS, {"id": "u"}),
    "a possible member without an id": (ELIGIBLE_GROUPS, {"id": "x", "groupId": "g"}),
}


@pytest.mark.parametrize("case", ODD_ROWS.values(), ids=list(ODD_ROWS))
async def test_what_could_hide_somebody_is_transient(odd: Sweep, small: FarEnd, case: tuple[str, Any]) -> None:
    path, row = case
    small.says("GET", path, listed(row))
    with pytest.raises(DirectoryUnavailableError):
        await odd.protection.read()


@pytest.mark.parametrize("path", [MEMBERS, OWNERS])
async def test_a_group_that_is_unknown_right_after_it_was_named_is_transient(
    odd: Sweep, small: FarEnd, path: str
) -> None:
    small.says("GET", path, refused(404, "Request_ResourceNotFound"))
    with pytest.raises(DirectoryUnavailableError):
        await odd.protection.read()


@pytest.mark.parametrize("path", [ASSIGNMENTS, ELIGIBLE, ELIGIBLE_GROUPS, MEMBERS, OWNERS])
async def test_lists_are_read_to_the_last_page(odd: Sweep, small: FarEnd, path: str) -> None:
    row = {**principal("user", "u"), "roleDefinitionId": "r", "principalId": "u", "groupId": "g"}
    row = row if path in {MEMBERS, OWNERS} else {key: value for key, value in row.items() if key != "@odata.type"}
    small.says("GET", path, listed(next_link=f"{small.url}{path}?$skiptoken=1"), listed(row))
    assert [person.user_id for person in await people(odd)] == ["u"]
