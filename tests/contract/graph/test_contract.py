"""The twin and the OpenAPI contract agree: every endpoint, every error, and a lie is found out."""

from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS30Validator

from local.graph.contract.document import document
from local.graph.contract.operations import BATCH, templates
from local.graph.endpoints import table, users
from local.graph.endpoints.call import Call
from local.graph.exchange import Answer
from local.graph.server import ContractBrokenError, Graph, running_graph
from tests.contract.graph.names import ALTERNATE, ANNA, BEN, CLARA, GONE, GUEST, MOBILE, SENDER, TIER_0

PHONES = f"/users/{ANNA}/authentication/phoneMethods"
PIM_FOR_GROUPS = "/identityGovernance/privilegedAccess/group/eligibilitySchedules"
ROLES = "/roleManagement/directory"
REPORT = "/reports/authenticationMethods/userRegistrationDetails"
NUMBER = "+49 1719999999"
MAIL = {"message": {"subject": "x", "toRecipients": [{"emailAddress": {"address": "a@example.org"}}]}}
BATCHED = {"requests": [{"id": "1", "method": "GET", "url": "/users"}]}

# One request for each operation, and what it is answered with where all is well.
WALK: list[tuple[str, str, str, dict[str, Any] | None, int]] = [
    ("user_ListUser", "GET", "/users", None, 200),
    ("user_GetUser", "GET", f"/users/{ANNA}", None, 200),
    ("user_GetManager", "GET", f"/users/{ANNA}/manager", None, 200),
    ("user_ListTransitiveMemberOf", "GET", f"/users/{GUEST}/transitiveMemberOf", None, 200),
    (
        "user_ListTransitiveMemberOfAsDirectoryRole",
        "GET",
        f"/users/{GUEST}/transitiveMemberOf/microsoft.graph.directoryRole",
        None,
        200,
    ),
    ("user_ListTransitiveMemberOfAsGroup", "GET", f"/users/{GUEST}/transitiveMemberOf/graph.group", None, 200),
    (
        "identityGovernance.privilegedAccess.group_ListEligibilitySchedule",
        "GET",
        f"{PIM_FOR_GROUPS}?$filter=principalId eq '{BEN}'&$expand=group,principal",
        None,
        200,
    ),
    ("group_ListGroup", "GET", "/groups?$filter=isAssignableToRole eq true&$select=id,displayName", None, 200),
    ("group_ListOwner", "GET", f"/groups/{TIER_0}/owners?$select=id", None, 200),
    ("group_ListTransitiveMember", "GET", f"/groups/{TIER_0}/transitiveMembers?$top=999", None, 200),
    (
        "group_ListTransitiveMemberAsUser",
        "GET",
        f"/groups/{TIER_0}/transitiveMembers/microsoft.graph.user?$select=id",
        None,
        200,
    ),
    ("group_GetGroup", "GET", f"/groups/{TIER_0}?$select=id,displayName,isAssignableToRole", None, 200),
    ("directory_ListDeletedItemAsUser", "GET", "/directory/deletedItems/microsoft.graph.user", None, 200),
    ("directory_GetDeletedItem", "GET", f"/directory/deletedItems/{GONE}", None, 200),
    ("user_revokeSignInSession", "POST", f"/users/{ANNA}/revokeSignInSessions", None, 200),
    ("user_sendMail", "POST", f"/users/{SENDER}/sendMail", MAIL, 202),
    ("user.authentication_ListMethod", "GET", f"/users/{BEN}/authentication/methods", None, 200),
    ("user.authentication_ListPhoneMethod", "GET", PHONES, None, 200),
    (
        "user.authentication_CreatePhoneMethod",
        "POST",
        PHONES,
        {"phoneNumber": NUMBER, "phoneType": "alternateMobile"},
        201,
    ),
    ("user.authentication_GetPhoneMethod", "GET", f"{PHONES}/{MOBILE}", None, 200),
    ("user.authentication_UpdatePhoneMethod", "PATCH", f"{PHONES}/{MOBILE}", {"phoneNumber": NUMBER}, 204),
    ("user.authentication.phoneMethod_enableSmsSignIn", "POST", f"{PHONES}/{MOBILE}/enableSmsSignIn", None, 204),
    (
        "user.authentication.phoneMethod_disableSmsSignIn",
        "POST",
        f"{PHONES}/{MOBILE}/microsoft.graph.disableSmsSignIn",
        None,
        204,
    ),
    ("user.authentication_DeletePhoneMethod", "DELETE", f"{PHONES}/{ALTERNATE}", None, 204),
    ("report.authenticationMethod_ListUserRegistrationDetail", "GET", REPORT, None, 200),
    ("report.authenticationMethod_GetUserRegistrationDetail", "GET", f"{REPORT}/{ANNA}", None, 200),
    ("roleManagement.directory_ListRoleAssignment", "GET", f"{ROLES}/roleAssignments?$expand=principal", None, 200),
    ("roleManagement.directory_ListRoleDefinition", "GET", f"{ROLES}/roleDefinitions", None, 200),
    (
        "roleManagement.directory_ListRoleEligibilitySchedule",
        "GET",
        f"{ROLES}/roleEligibilitySchedules?$expand=roleDefinition",
        None,
        200,
    ),
    (BATCH, "POST", "/$batch", BATCHED, 200),
]

# How each error status comes about.
ERRORS: list[tuple[int, str, str, dict[str, Any]]] = [
    (400, "GET", "/nonsense", {}),
    (400, "GET", f"/users/{ANNA}/nonsense", {}),
    (400, "GET", "/me", {}),
    (400, "GET", "/users?$foo=1", {}),
    (400, "POST", PHONES, {"json": {}}),
    (400, "POST", PHONES, {"content": b"{", "headers": {"Content-Type": "application/json"}}),
    (400, "POST", PHONES, {"content": b"[]", "headers": {"Content-Type": "application/json"}}),
    (400, "POST", PHONES, {}),
    (401, "GET", "/users", {"headers": {"Authorization": ""}}),
    (403, "DELETE", f"/users/{CLARA}/authentication/phoneMethods/{MOBILE}", {}),
    (404, "GET", "/users/nobody", {}),
    (404, "GET", f"{PHONES}/nothing", {}),
    (404, "GET", "/groups/nothing", {}),
    (404, "GET", "/groups/nothing/owners", {}),
    (400, "GET", "/groups?$filter=isAssignableToRole ne true", {}),
    (400, "GET", f"/groups/{TIER_0}/owners?$filter=id eq '{BEN}'", {}),
    (400, "GET", f"/users/{BEN}/ownedObjects", {}),
    (400, "GET", f"/groups/{TIER_0}?$select=shoeSize", {}),
    (404, "GET", f"/directory/deletedItems/{ANNA}", {}),
    (400, "GET", "/directory/deletedItems", {}),
    (400, "GET", PIM_FOR_GROUPS, {}),
    (400, "GET", f"{PIM_FOR_GROUPS}?$filter=accessId eq 'member'", {}),
    (400, "GET", f"{PIM_FOR_GROUPS}?$filter=principalId eq '{ANNA}'&$expand=owner", {}),
    (405, "DELETE", "/users", {}),
    (405, "PUT", f"/users/{ANNA}", {}),
    (409, "PATCH", f"{PHONES}/{MOBILE}", {"json": {"phoneNumber": "+49 1700000001"}}),
    (415, "POST", f"/users/{SENDER}/sendMail", {"content": b"x", "headers": {"Content-Type": "text/plain"}}),
]


@pytest.fixture
def tenant(tenant: dict[str, Any]) -> dict[str, Any]:
    tenant["users"][0]["smsSignIn"] = True
    return tenant


def test_every_operation_of_the_contract_is_answered_and_no_other() -> None:
    operations = {operation.id for by_method in templates().values() for operation in by_method.values()}
    assert operations - {BATCH} == table.ENDPOINTS.keys()
    assert operations == {step[0] for step in WALK}


async def test_every_operation_is_answered_as_the_contract_says(graph: Graph, http: httpx.AsyncClient) -> None:
    """The twin holds each answer against the contract itself; this walks all of them."""
    for name, method, path, body, status in WALK:
        answer = await http.request(method, path, json=body)
        assert (name, answer.status_code) == (name, status), answer.text
    assert graph.twin.broken == []


@pytest.mark.parametrize(("status", "method", "path", "request_parts"), ERRORS)
async def test_every_error_has_graphs_body_and_headers(
    http: httpx.AsyncClient, status: int, method: str, path: str, request_parts: dict[str, Any]
) -> None:
    headers = {"client-request-id": "11111111-2222-3333-4444-555555555555", **request_parts.pop("headers", {})}
    answer = await http.request(method, path, headers=headers, **request_parts)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error.keys() == {"code", "message", "innerError"}
    assert error["innerError"] == {
        "date": "2026-11-23T09:00:00",
        "request-id": answer.headers["request-id"],
        "client-request-id": "11111111-2222-3333-4444-555555555555",
    }
    assert answer.headers["client-request-id"] == "11111111-2222-3333-4444-555555555555"
    assert answer.headers["content-type"].startswith("application/json;odata.metadata=minimal")


async def test_where_the_client_names_no_request_the_twin_does(http: httpx.AsyncClient) -> None:
    first, second = await http.get("/users"), await http.get("/users")
    assert first.headers["client-request-id"] == first.headers["request-id"] != second.headers["request-id"]


@pytest.mark.parametrize(
    ("path", "units"),
    [
        ("/users", "2"),
        ("/users?$select=id", "1"),
        ("/users?$top=5", "1"),
        ("/users?$select=id&$top=5", "1"),
        (f"/users/{ANNA}", "1"),
        (f"/users/{ANNA}?$expand=manager", "2"),
        (f"/users/{ANNA}/transitiveMemberOf", "2"),
        (PHONES, None),
    ],
)
async def test_the_directory_tells_what_a_request_costs(http: httpx.AsyncClient, path: str, units: str | None) -> None:
    assert (await http.get(path)).headers.get("x-ms-resource-unit") == units


@pytest.mark.parametrize(
    ("path", "segment"),
    [("/nonsense/x", "nonsense"), (f"/users/{ANNA}/nonsense/y", "nonsense"), ("/beta/users", "beta")],
)
async def test_an_unknown_segment_is_named(http: httpx.AsyncClient, path: str, segment: str) -> None:
    answer = await http.get(path)
    assert answer.json()["error"]["message"] == f"Resource not found for the segment '{segment}'."


async def test_segments_may_be_written_in_any_case(http: httpx.AsyncClient) -> None:
    assert (await http.get(f"/Users/{ANNA}/Authentication/PhoneMethods")).status_code == 200


async def list_users(tenant: dict[str, Any]) -> None:
    """Asks a strict twin that lies: the caller sees 500, and the twin's own end is an error."""
    async with running_graph(tenant) as graph, httpx.AsyncClient(base_url=graph.url) as http:
        answer = await http.get("/users", headers={"Authorization": f"Bearer {graph.token()}"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "twinContractBroken")


@pytest.mark.parametrize(
    "lie",
    [
        {"@odata.context": "x", "value": [{"id": "1", "displayNmae": "misspelt"}]},
        {"@odata.context": "x", "value": [{"id": "1", "accountEnabled": "yes"}]},
        {"@odata.context": "x", "users": []},
        None,
    ],
)
async def test_a_lie_of_the_twin_is_found_out(
    tenant: dict[str, Any], monkeypatch: pytest.MonkeyPatch, lie: dict[str, Any] | None
) -> None:
    monkeypatch.setitem(table.ENDPOINTS, "user_ListUser", lambda _: Answer(200, lie))
    with pytest.raises(ContractBrokenError, match="user_ListUser 200"):
        await list_users(tenant)


async def test_a_status_that_the_contract_does_not_have_is_found_out(
    tenant: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def created(call: Call) -> Answer:
        return Answer(201, users.list_users(call).body)

    monkeypatch.setitem(table.ENDPOINTS, "user_ListUser", created)
    with pytest.raises(ContractBrokenError, match="no status 201"):
        await list_users(tenant)


@pytest.mark.parametrize("name", sorted(document()["components"]["schemas"]))
def test_every_schema_of_the_contract_is_a_schema(name: str) -> None:
    OAS30Validator.check_schema(document()["components"]["schemas"][name])
