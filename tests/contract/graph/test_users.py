"""Users are found, listed, filtered and paged as in Graph."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.o_data_errors.o_data_error import ODataError

from local.graph.server import Graph, running_graph
from tests.contract.graph.names import ANNA, BEN, CLARA, GUEST

EVENTUAL = {"ConsistencyLevel": "eventual"}


async def names(http: httpx.AsyncClient, query: str, **headers: str) -> list[str]:
    answer = await http.get(f"/users?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return [user["userPrincipalName"].partition("@")[0] for user in answer.json()["value"]]


@pytest.mark.parametrize("key", [ANNA, ANNA.upper(), "anna@contoso.com", "Anna@Contoso.COM"])
async def test_a_user_is_found_by_id_and_by_name_in_any_case(sdk: Any, key: str) -> None:
    assert (await sdk.users.by_user_id(key).get()).id == ANNA


async def test_a_guest_is_found_by_name(sdk: Any) -> None:
    assert (await sdk.users.by_user_id("guest_example.org#EXT#@contoso.com").get()).id == GUEST


@pytest.mark.parametrize("key", ["nobody@contoso.com", "gone@contoso.com", "$count"])
async def test_who_is_not_there_or_deleted_is_404(sdk: Any, key: str) -> None:
    with pytest.raises(ODataError) as missing:
        await sdk.users.by_user_id(key).get()
    assert missing.value.response_status_code == 404
    assert missing.value.error.code == "Request_ResourceNotFound"


async def test_without_select_only_the_default_properties_come(sdk: Any) -> None:
    anna = await sdk.users.by_user_id(ANNA).get()
    assert (anna.display_name, anna.mail) == ("Anna Abel", "anna@contoso.com")
    assert (anna.employee_id, anna.account_enabled, anna.usage_location, anna.other_mails) == (None, None, None, None)


async def test_select_brings_what_it_names_and_nothing_else(sdk: Any) -> None:
    builder = sdk.users.by_user_id(ANNA)
    query = builder.UserItemRequestBuilderGetQueryParameters(
        select=["id", "employeeId", "accountEnabled", "isManagementRestricted", "otherMails"]
    )
    anna = await builder.get(RequestConfiguration(query_parameters=query))
    assert (anna.employee_id, anna.account_enabled, anna.is_management_restricted) == ("1001", True, None)
    assert anna.other_mails == ["anna@example.org"]
    assert anna.display_name is None


async def test_select_of_an_unknown_property_is_400(http: httpx.AsyncClient) -> None:
    answer = await http.get(f"/users/{ANNA}?$select=id,shoeSize")
    assert answer.status_code == 400
    assert "'shoeSize'" in answer.json()["error"]["message"]


async def test_sign_in_activity_needs_another_permission(graph: Graph, http: httpx.AsyncClient) -> None:
    query = f"/users/{ANNA}?$select=id,signInActivity"
    assert (await http.get(query)).status_code == 200
    headers = {"Authorization": f"Bearer {graph.token('User.Read.All')}"}
    assert (await http.get(query, headers=headers)).status_code == 403


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("employeeId eq '1001'", ["anna"]),
        ("employeeId eq '1001' or employeeId eq '1002'", ["anna", "ben"]),
        ("employeeId in ('1002', '1003')", ["ben", "clara"]),
        ("employeeId eq null", ["guest_example.org#EXT#"]),
        ("userPrincipalName eq 'ANNA@contoso.com'", ["anna"]),
        (f"id eq '{BEN}'", ["ben"]),
        ("mail eq 'ben@contoso.com' and accountEnabled eq true", ["ben"]),
        ("accountEnabled eq false", ["clara"]),
        (
            "accountEnabled eq true and (employeeId eq '1003' or startsWith(displayName,'gina'))",
            ["guest_example.org#EXT#"],
        ),
        ("displayName eq 'O''Hara'", []),
        ("employeeId eq '9999'", []),
    ],
)
async def test_filters(http: httpx.AsyncClient, condition: str, expected: list[str]) -> None:
    assert await names(http, f"$filter={quote(condition)}") == expected


@pytest.mark.parametrize("condition", ["employeeId ne '1001'", "not (employeeId eq '1001')", "endsWith(mail,'.com')"])
async def test_advanced_filters_need_the_header_and_the_count(http: httpx.AsyncClient, condition: str) -> None:
    refused = await http.get(f"/users?$filter={quote(condition)}&$count=true")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "Request_UnsupportedQuery")
    assert await names(http, f"$filter={quote(condition)}&$count=true", **EVENTUAL)
    assert (await http.get(f"/users?$filter={quote(condition)}", headers=EVENTUAL)).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "$filter=employeeId",
        "$filter=employeeId eq",
        "$filter=employeeId like 'x'",
        "$filter=(employeeId eq 'x'",
        "$filter=employeeId eq 'x",
        "$filter=employeeId eq 'x' employeeId",
        "$filter=employeeId eq x",
        "$filter=shoeSize eq 43",
        "$orderby=shoeSize",
        "$orderby=displayName sideways",
        "$top=many",
        "$top=0",
        "$top=1000",
        "$skiptoken=rubbish",
        "$skip=1",
        "$foo=1",
        "$search=anna",
        "$expand=directReports",
    ],
)
async def test_queries_that_graph_refuses_are_400(http: httpx.AsyncClient, query: str) -> None:
    assert (await http.get(f"/users?{query}")).status_code == 400


async def test_count_comes_only_with_the_header_and_is_ignored_without(http: httpx.AsyncClient) -> None:
    assert "@odata.count" not in (await http.get("/users?$count=true")).json()
    assert (await http.get("/users?$count=true", headers=EVENTUAL)).json()["@odata.count"] == 4


async def test_deleted_users_are_not_listed(http: httpx.AsyncClient) -> None:
    assert await names(http, "$orderby=displayName desc") == ["guest_example.org#EXT#", "clara", "ben", "anna"]


async def test_pages_are_followed_by_their_links(sdk: Any) -> None:
    builder = sdk.users
    query = builder.UsersRequestBuilderGetQueryParameters(top=3, select=["id"], filter="startsWith(id,'0000')")
    page = await builder.get(RequestConfiguration(query_parameters=query))
    found = [user.id for user in page.value]
    while page.odata_next_link:
        page = await builder.with_url(page.odata_next_link).get()
        found += [user.id for user in page.value]
        assert [user.display_name for user in page.value] == [None], "the link keeps $select"
    assert found == [ANNA, BEN, GUEST, CLARA]


async def test_a_page_holds_100_users_unless_top_says_otherwise() -> None:
    users = [{"userPrincipalName": f"u{number}@contoso.com"} for number in range(250)]
    async with running_graph(users) as graph, httpx.AsyncClient(base_url=graph.url) as http:
        http.headers["Authorization"] = f"Bearer {graph.token()}"
        sizes, link = [], f"{graph.url}/users"
        while link:
            page = (await http.get(link)).json()
            sizes.append(len(page["value"]))
            link = page.get("@odata.nextLink")
        assert sizes == [100, 100, 50]
        assert len((await http.get("/users?$top=999")).json()["value"]) == 250


async def test_the_manager_is_answered_and_404_where_there_is_none(sdk: Any) -> None:
    manager = await sdk.users.by_user_id(ANNA).manager.get()
    assert (manager.id, manager.mail) == (BEN, "ben@contoso.com")
    with pytest.raises(ODataError) as missing:
        await sdk.users.by_user_id(BEN).manager.get()
    assert missing.value.response_status_code == 404


async def test_the_manager_can_be_expanded(http: httpx.AsyncClient) -> None:
    expanded = (await http.get(f"/users/{ANNA}?$select=id&$expand=manager($select=id,mail)")).json()
    assert expanded["manager"] == {"@odata.type": "#microsoft.graph.user", "id": BEN, "mail": "ben@contoso.com"}
    listed = (await http.get("/users?$select=displayName&$expand=manager")).json()["value"]
    assert [user.get("manager", {}).get("id") for user in listed] == [BEN, None, None, None]
    assert (await http.get(f"/users/{ANNA}?$expand=manager($top=1)")).status_code == 400


async def test_revoking_sessions_moves_the_date_from_which_they_are_valid(http: httpx.AsyncClient) -> None:
    answer = await http.post(f"/users/{ANNA}/revokeSignInSessions")
    assert (answer.status_code, answer.json()["value"]) == (200, True)
    user = (await http.get(f"/users/{ANNA}?$select=signInSessionsValidFromDateTime")).json()
    assert user["signInSessionsValidFromDateTime"].startswith("2026-11-23T09:00:00")
