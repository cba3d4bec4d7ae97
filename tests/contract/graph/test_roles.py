"""Memberships and roles: nested groups are resolved, role management sees what is direct."""

from typing import Any

import httpx
import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration

from local.graph.server import running_graph
from tests.contract.graph.names import ANNA, BEN, GUEST

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"


async def test_memberships_name_their_types(sdk: Any) -> None:
    page = await sdk.users.by_user_id(GUEST).transitive_member_of.get()
    assert [(type(each).__name__, each.display_name) for each in page.value] == [
        ("DirectoryRole", "Global Reader"),
        ("Group", "Inner circle"),
        ("Group", "Tier 0"),
    ]
    assert [each.is_assignable_to_role for each in page.value[1:]] == [None, True]


async def test_roles_come_with_their_template_id(sdk: Any) -> None:
    page = await sdk.users.by_user_id(BEN).transitive_member_of.get()
    assert [(role.role_template_id, role.display_name) for role in page.value] == [
        (USER_ADMINISTRATOR, "User Administrator")
    ]
    assert page.value[0].id != USER_ADMINISTRATOR, "an activated role has an id of its own"


async def test_the_cast_finds_roles_that_groups_hold(sdk: Any, http: httpx.AsyncClient) -> None:
    page = await sdk.users.by_user_id(GUEST).transitive_member_of.graph_directory_role.get()
    assert [role.display_name for role in page.value] == ["Global Reader"]
    page = await sdk.users.by_user_id(GUEST).transitive_member_of.graph_group.get()
    assert [group.display_name for group in page.value] == ["Inner circle", "Tier 0"]
    long_name = await http.get(f"/users/{GUEST}/transitiveMemberOf/microsoft.graph.directoryRole")
    assert [role["displayName"] for role in long_name.json()["value"]] == ["Global Reader"]


async def test_memberships_come_in_pages(sdk: Any) -> None:
    builder = sdk.users.by_user_id(GUEST).transitive_member_of
    query = builder.TransitiveMemberOfRequestBuilderGetQueryParameters(top=2)
    first = await builder.get(RequestConfiguration(query_parameters=query))
    second = await builder.with_url(first.odata_next_link).get()
    assert [len(first.value), len(second.value), second.odata_next_link] == [2, 1, None]


async def test_a_filter_on_memberships_is_an_advanced_query(http: httpx.AsyncClient) -> None:
    path = f"/users/{GUEST}/transitiveMemberOf?$filter=displayName eq 'Tier 0'&$count=true"
    assert (await http.get(path)).status_code == 400
    found = await http.get(path, headers={"ConsistencyLevel": "eventual"})
    assert [each["displayName"] for each in found.json()["value"]] == ["Tier 0"]
    assert found.json()["@odata.count"] == 1


async def test_a_cycle_of_groups_ends() -> None:
    tenant = {
        "users": [{"userPrincipalName": "u@contoso.com", "memberOf": ["A"]}],
        "groups": [{"displayName": "A", "memberOf": ["B"]}, {"displayName": "B", "memberOf": ["A"]}],
    }
    async with running_graph(tenant) as graph, httpx.AsyncClient(base_url=graph.url) as http:
        http.headers["Authorization"] = f"Bearer {graph.token()}"
        found = (await http.get("/users/u@contoso.com/transitiveMemberOf")).json()["value"]
        assert [each["displayName"] for each in found] == ["A", "B"]


async def test_assignments_are_direct_ones_of_users_and_of_groups(sdk: Any, http: httpx.AsyncClient) -> None:
    page = await sdk.role_management.directory.role_assignments.get()
    names = {each.principal_id for each in page.value}
    assert BEN in names
    assert GUEST not in names, "what a group brings shows in transitiveMemberOf only"
    of_ben = await http.get(f"/roleManagement/directory/roleAssignments?$filter=principalId eq '{BEN}'")
    assert [each["roleDefinitionId"] for each in of_ben.json()["value"]] == [USER_ADMINISTRATOR]


@pytest.mark.parametrize("expansion", ["principal", "roleDefinition", "principal,roleDefinition"])
async def test_assignments_expand(http: httpx.AsyncClient, expansion: str) -> None:
    answer = await http.get(f"/roleManagement/directory/roleAssignments?$select=id&$expand={expansion}")
    for row in answer.json()["value"]:
        assert row.keys() == {"id", *expansion.split(",")}
    refused = await http.get("/roleManagement/directory/roleAssignments?$expand=directoryScope")
    assert refused.status_code == 400


async def test_eligible_roles_are_schedules_and_not_memberships(sdk: Any) -> None:
    page = await sdk.role_management.directory.role_eligibility_schedules.get()
    assert [(each.principal_id, each.role_definition_id, each.status) for each in page.value] == [
        (BEN, GLOBAL_ADMINISTRATOR, "Provisioned")
    ]
    members = await sdk.users.by_user_id(BEN).transitive_member_of.get()
    assert GLOBAL_ADMINISTRATOR not in {each.role_template_id for each in members.value}


async def test_definitions_are_known_by_their_template_id(http: httpx.AsyncClient) -> None:
    found = await http.get("/roleManagement/directory/roleDefinitions?$filter=displayName eq 'Global Administrator'")
    (role,) = found.json()["value"]
    assert (role["id"], role["templateId"], role["isBuiltIn"]) == (GLOBAL_ADMINISTRATOR, GLOBAL_ADMINISTRATOR, True)


async def test_who_is_in_nothing_has_no_roles(http: httpx.AsyncClient) -> None:
    found = await http.get(f"/users/{ANNA}/transitiveMemberOf/microsoft.graph.directoryRole")
    assert found.json()["value"] == []
