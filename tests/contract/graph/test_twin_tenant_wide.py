"""What a sweep reads of the whole tenant: roles, groups and who is in them, methods as Graph lists them."""

from typing import Any

import httpx
import pytest

from local.graph.server import Graph
from tests.contract.graph.names import ANNA, BEN, GONE, GUEST, TIER_0

ROLES = "/roleManagement/directory"
MEMBERS = f"/groups/{TIER_0}/transitiveMembers"
PIM_FOR_GROUPS = "/identityGovernance/privilegedAccess/group/eligibilitySchedules"


@pytest.fixture
def tenant(tenant: dict[str, Any]) -> dict[str, Any]:
    anna, ben, _, _, gone = tenant["users"]
    ben["scopedRoles"] = [{"displayName": "Helpdesk Administrator", "administrativeUnit": "Berlin"}]
    gone |= {"memberOf": ["Tier 0"], "roles": ["Global Administrator"]}
    anna |= {"department": "Sales", "country": "Germany", "employeeLeaveDateTime": "2026-12-31"}
    anna["createdDateTime"] = "2024-02-29T08:00:00Z"
    return tenant


async def walk(http: httpx.AsyncClient, path: str) -> list[list[dict[str, Any]]]:
    """Reads all pages."""
    pages, link = [], path
    while link:
        body = (await http.get(link)).json()
        pages.append(body["value"])
        link = body.get("@odata.nextLink", "")
    return pages


@pytest.mark.parametrize(("name", "count"), [("roleAssignments", 3), ("roleEligibilitySchedules", 1)])
async def test_roles_of_the_whole_tenant_come_in_pages(http: httpx.AsyncClient, name: str, count: int) -> None:
    expand = "$expand=roleDefinition($select=id,displayName,templateId,isBuiltIn)"
    pages = await walk(http, f"{ROLES}/{name}?{expand}&$top=1")
    assert [len(page) for page in pages] == [1] * count
    for (row,) in pages:
        assert row["roleDefinition"].keys() == {"id", "displayName", "templateId", "isBuiltIn"}
        assert row["roleDefinition"]["id"] == row["roleDefinitionId"]
        assert row["principalId"] in {BEN, TIER_0}, "nobody who is deleted"


async def test_roles_for_one_administrative_unit_are_among_the_assignments(http: httpx.AsyncClient) -> None:
    rows = (await http.get(f"{ROLES}/roleAssignments?$filter=principalId eq '{BEN}'")).json()["value"]
    assert [row["directoryScopeId"].partition("s/")[0] for row in rows] == ["/", "/administrativeUnit"]


async def test_a_nested_select_of_the_principal_is_read_by_its_type(http: httpx.AsyncClient) -> None:
    rows = (await http.get(f"{ROLES}/roleAssignments?$expand=principal($select=id,userPrincipalName)")).json()["value"]
    found = {row["principal"]["@odata.type"].rpartition(".")[2]: row["principal"].keys() for row in rows}
    assert found == {"user": {"@odata.type", "id", "userPrincipalName"}, "group": {"@odata.type", "id"}}


@pytest.mark.parametrize(
    "expansion", ["roleDefinition($select=shoeSize)", "principal($select=shoeSize)", "roleDefinition($top=1)", "owner"]
)
async def test_what_cannot_be_expanded_is_400(http: httpx.AsyncClient, expansion: str) -> None:
    assert (await http.get(f"{ROLES}/roleAssignments?$expand={expansion}")).status_code == 400


async def test_members_are_found_through_nested_groups(http: httpx.AsyncClient) -> None:
    rows = (await http.get(MEMBERS)).json()["value"]
    assert [(row["@odata.type"], row["displayName"]) for row in rows] == [
        ("#microsoft.graph.group", "Inner circle"),
        ("#microsoft.graph.user", "Gina Guest"),
    ]
    assert rows[1].keys() >= {"userPrincipalName", "mail"}
    assert "accountEnabled" not in rows[1], "without $select only what a user usually shows"
    assert "userPrincipalName" not in rows[0]
    selected = (await http.get(f"{MEMBERS}?$select=id")).json()["value"]
    assert [row.keys() for row in selected] == [{"@odata.type", "id"}] * 2


async def test_the_cast_finds_users_alone_and_none_who_is_deleted(http: httpx.AsyncClient) -> None:
    rows = (await http.get(f"{MEMBERS}/microsoft.graph.user?$select=id&$top=999")).json()["value"]
    assert [row["id"] for row in rows] == [GUEST]
    assert GONE not in {row["id"] for row in rows}


async def test_members_come_in_pages_and_a_filter_is_an_advanced_query(http: httpx.AsyncClient) -> None:
    assert [len(page) for page in await walk(http, f"{MEMBERS}?$top=1")] == [1, 1]
    filtered = f"{MEMBERS}?$filter=displayName eq 'Gina Guest'&$count=true"
    assert (await http.get(filtered)).status_code == 400
    answer = (await http.get(filtered, headers={"ConsistencyLevel": "eventual"})).json()
    assert (answer["@odata.count"], [row["id"] for row in answer["value"]]) == (1, [GUEST])


@pytest.mark.parametrize("cast", ["", "/microsoft.graph.user"])
async def test_members_need_a_permission_and_users_another_one(
    graph: Graph, http: httpx.AsyncClient, cast: str
) -> None:
    nothing = {"Authorization": f"Bearer {graph.token('User.Read.All')}"}
    assert (await http.get(MEMBERS + cast, headers=nothing)).status_code == 403
    only_groups = {"Authorization": f"Bearer {graph.token('GroupMember.Read.All')}"}
    rows = (await http.get(f"{MEMBERS}{cast}?$select=id,displayName", headers=only_groups)).json()["value"]
    (guest,) = [row for row in rows if row["id"] == GUEST]
    assert guest["displayName"] is None


async def test_members_of_no_group_are_404(http: httpx.AsyncClient) -> None:
    assert (await http.get("/groups/nothing/transitiveMembers")).status_code == 404


async def test_a_cycle_of_groups_ends(http: httpx.AsyncClient, graph: Graph) -> None:
    graph.tenant.groups[TIER_0].groups = tuple(graph.tenant.groups)
    assert [row["id"] for row in (await http.get(f"{MEMBERS}/graph.user")).json()["value"]][-1] == GUEST


async def test_who_may_join_a_group_is_found_by_the_group(http: httpx.AsyncClient) -> None:
    rows = (await http.get(f"{PIM_FOR_GROUPS}?$filter=groupId eq '{TIER_0}'")).json()["value"]
    assert [(row["principalId"], row["groupId"]) for row in rows] == [(BEN, TIER_0)]
    assert (await http.get(f"{PIM_FOR_GROUPS}?$filter=groupId eq '{ANNA}'")).json()["value"] == []


async def test_phones_among_the_methods_tell_number_type_and_sms_sign_in(http: httpx.AsyncClient) -> None:
    rows = (await http.get(f"/users/{ANNA}/authentication/methods")).json()["value"]
    (phone,) = [row for row in rows if row["@odata.type"] == "#microsoft.graph.phoneAuthenticationMethod"]
    assert (phone["phoneNumber"], phone["phoneType"], phone["smsSignInState"]) == (
        "+49 1711234567",
        "mobile",
        "notAllowedByPolicy",
    )


async def test_what_a_sweep_reads_of_people_can_be_selected(graph: Graph, http: httpx.AsyncClient) -> None:
    fields = "id,department,country,createdDateTime,employeeLeaveDateTime"
    path = f"/users?$select={fields}&$top=999&$expand=manager($select=id,displayName)"
    assert (await http.get(path)).status_code == 403
    assert (await http.get(path.replace("employee", "Employee"))).status_code == 403
    allowed = {"Authorization": f"Bearer {graph.token('User.Read.All', 'User-LifeCycleInfo.Read.All')}"}
    anna = (await http.get(path, headers=allowed)).json()["value"][0]
    assert anna == {
        "id": ANNA,
        "department": "Sales",
        "country": "Germany",
        "createdDateTime": "2024-02-29T08:00:00Z",
        "employeeLeaveDateTime": "2026-12-31T00:00:00Z",
        "manager": {"@odata.type": "#microsoft.graph.user", "id": BEN, "displayName": "Ben Brand"},
    }


@pytest.mark.parametrize(
    ("given", "listed", "reported"),
    [
        ("passKeyDeviceBound", "fido2", ["passKeyDeviceBound"]),
        ("passKeySynced", "fido2", ["passKeySynced"]),
        (
            "microsoftAuthenticatorPasswordless",
            "microsoftAuthenticator",
            ["microsoftAuthenticatorPush", "microsoftAuthenticatorPasswordless"],
        ),
        ("hardwareOneTimePasscode", None, ["hardwareOneTimePasscode"]),
        ("securityQuestion", None, ["securityQuestion"]),
    ],
)
async def test_the_report_has_names_that_a_users_methods_have_not(
    http: httpx.AsyncClient, control: httpx.AsyncClient, given: str, listed: str | None, reported: list[str]
) -> None:
    await control.delete(f"users/{ANNA}/methods/microsoftAuthenticator")
    await control.post(f"users/{ANNA}/methods", json=given)
    row = (await http.get(f"/reports/authenticationMethods/userRegistrationDetails/{ANNA}")).json()
    assert row["methodsRegistered"] == ["mobilePhone", *reported]
    types = [each["@odata.type"] for each in (await http.get(f"/users/{ANNA}/authentication/methods")).json()["value"]]
    assert types[2:] == ([f"#microsoft.graph.{listed}AuthenticationMethod"] if listed else [])
