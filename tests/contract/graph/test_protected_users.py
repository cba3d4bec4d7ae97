"""What the twin tells of owners, eligible members, scoped roles and deleted users, and to whom it tells less."""

from typing import Any

import httpx
import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder

from local.graph.server import Graph
from tests.contract.graph.names import ANNA, BEN, GONE, GUEST, TIER_0

HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
CLERK = "99999999-0000-0000-0000-000000000001"
DELETED = "/directory/deletedItems/microsoft.graph.user"
EVENTUAL = {"ConsistencyLevel": "eventual"}
GROUPS = "GroupMember.Read.All"
ROLES = "RoleManagement.Read.Directory"


@pytest.fixture
def tenant(tenant: dict[str, Any]) -> dict[str, Any]:
    anna, *_ = tenant["users"]
    anna["roles"] = [{"displayName": "Phone Clerk", "roleTemplateId": CLERK}]
    anna["scopedRoles"] = [{"displayName": "Helpdesk Administrator", "administrativeUnit": "Berlin"}]
    return tenant


async def told(graph: Graph, path: str, *permissions: str) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {graph.token(*permissions)}"}
    async with httpx.AsyncClient(base_url=graph.url, headers=headers) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["value"]
    return rows


async def test_role_assignable_groups_are_found_by_a_basic_query(sdk: Any) -> None:
    query = GroupsRequestBuilder.GroupsRequestBuilderGetQueryParameters(filter="isAssignableToRole eq true")
    page = await sdk.groups.get(RequestConfiguration(query_parameters=query))
    assert [(each.id, each.display_name, each.is_assignable_to_role) for each in page.value] == [
        (TIER_0, "Tier 0", True)
    ]


async def test_owners_are_told_by_the_group_as_objects_of_their_type(sdk: Any) -> None:
    page = await sdk.groups.by_group_id(TIER_0).owners.get()
    assert [(type(each).__name__, each.id, each.display_name) for each in page.value] == [("User", BEN, "Ben Brand")]


async def test_a_deleted_user_owns_nothing(graph: Graph) -> None:
    owner = next(user for user in graph.state.tenant.users if user.deleted)
    owner.owns = (TIER_0,)
    assert [row["id"] for row in await told(graph, f"/groups/{TIER_0}/owners?$select=id", GROUPS)] == [BEN]


async def test_who_may_join_a_group_is_no_member_of_it(sdk: Any) -> None:
    builder = sdk.identity_governance.privileged_access.group.eligibility_schedules
    query = builder.EligibilitySchedulesRequestBuilderGetQueryParameters(
        filter=f"principalId eq '{BEN}'", expand=["group", "principal"]
    )
    (schedule,) = (await builder.get(RequestConfiguration(query_parameters=query))).value
    assert (schedule.group_id, schedule.principal_id, schedule.access_id.value) == (TIER_0, BEN, "member")
    assert (schedule.group.is_assignable_to_role, schedule.principal.id) == (True, BEN)
    members = (await sdk.users.by_user_id(BEN).transitive_member_of.get()).value
    assert TIER_0 not in {each.id for each in members}


async def test_eligibilities_may_be_asked_for_by_their_group(http: httpx.AsyncClient) -> None:
    path = "/identityGovernance/privilegedAccess/group/eligibilitySchedules"
    found = (await http.get(f"{path}?$filter=groupId eq '{TIER_0}'&$select=principalId")).json()["value"]
    assert found == [{"principalId": BEN}]


async def test_custom_and_scoped_roles_are_assignments_and_no_memberships(sdk: Any, http: httpx.AsyncClient) -> None:
    path = f"/roleManagement/directory/roleAssignments?$filter=principalId eq '{ANNA}'&$expand=roleDefinition"
    rows = (await http.get(path)).json()["value"]
    found = {row["roleDefinition"]["displayName"]: row["directoryScopeId"] for row in rows}
    assert found.keys() == {"Phone Clerk", "Helpdesk Administrator"}
    assert found["Phone Clerk"] == "/"
    assert found["Helpdesk Administrator"].startswith("/administrativeUnits/")
    assert {row["roleDefinitionId"] for row in rows} == {CLERK, HELPDESK}
    members = (await sdk.users.by_user_id(ANNA).transitive_member_of.get()).value
    assert [type(each).__name__ for each in members] == ["Group"]


async def test_a_deleted_user_is_found_by_id_under_the_name_that_entra_gave(sdk: Any) -> None:
    found = await sdk.directory.deleted_items.by_directory_object_id(GONE).get()
    assert (type(found).__name__, found.id) == ("User", GONE)
    assert found.user_principal_name == f"{GONE.replace('-', '')}gone@contoso.com"


async def test_deleted_users_are_listed_and_the_others_are_not(http: httpx.AsyncClient) -> None:
    rows = (await http.get(f"{DELETED}?$select=id,deletedDateTime")).json()["value"]
    assert [(row["id"], bool(row["deletedDateTime"])) for row in rows] == [(GONE, True)]


async def test_the_end_of_a_deleted_users_name_is_an_advanced_query(http: httpx.AsyncClient) -> None:
    path = f"{DELETED}?$filter=endsWith(userPrincipalName,'gone@contoso.com')"
    assert (await http.get(path)).status_code == 400
    found = await http.get(f"{path}&$count=true", headers=EVENTUAL)
    assert [row["id"] for row in found.json()["value"]] == [GONE]


@pytest.mark.parametrize(
    ("permissions", "names"), [((), [None, None, None]), ((GROUPS,), [None, "Inner circle", "Tier 0"])]
)
async def test_an_object_that_may_not_be_read_is_there_with_type_and_id_alone(
    graph: Graph, permissions: tuple[str, ...], names: list[str | None]
) -> None:
    rows = await told(graph, f"/users/{GUEST}/transitiveMemberOf", "User.Read.All", *permissions)
    assert [row["displayName"] for row in rows] == names
    assert all(row["id"] and row["@odata.type"] for row in rows)
    assert rows[0]["roleTemplateId"] is None


async def test_with_both_permissions_everything_is_told(graph: Graph) -> None:
    rows = await told(graph, f"/users/{GUEST}/transitiveMemberOf", "User.Read.All", GROUPS, ROLES)
    assert [row["displayName"] for row in rows] == ["Global Reader", "Inner circle", "Tier 0"]


@pytest.mark.parametrize(("permissions", "name"), [((), None), (("User.Read.All",), "Ben Brand")])
async def test_an_owner_who_may_not_be_read_is_there_without_a_name(
    graph: Graph, permissions: tuple[str, ...], name: str | None
) -> None:
    (row,) = await told(graph, f"/groups/{TIER_0}/owners", GROUPS, *permissions)
    assert (row["@odata.type"], row["id"], row["displayName"]) == ("#microsoft.graph.user", BEN, name)
