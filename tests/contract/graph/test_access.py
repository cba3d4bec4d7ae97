"""Who may call: a good token, and one of the permissions that the contract names."""

from typing import Any

import httpx
import jwt
import pytest

from local.clock import ManualClock
from local.graph.contract.operations import Operation, templates
from local.graph.server import Graph
from local.identity.tokens import DEFAULT_ROLES
from tests.contract.graph.names import ANNA, GONE, MOBILE, TIER_0

OPERATIONS = [operation for by_method in templates().values() for operation in by_method.values()]
GUARDED = [operation for operation in OPERATIONS if operation.permissions and operation.id != "user_sendMail"]
# Every permission that might be granted to an application that has nothing to do with the operation.
FOREIGN = "Calendars.Read"


def path_of(operation: Operation) -> str:
    return (
        operation.template.replace("{user-id}", ANNA)
        .replace("{phoneAuthenticationMethod-id}", MOBILE)
        .replace("{userRegistrationDetails-id}", ANNA)
        .replace("{directoryObject-id}", GONE)
        .replace("{group-id}", TIER_0)
    )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def anyone(graph: Graph) -> Any:
    async with httpx.AsyncClient(base_url=graph.url) as client:
        yield client


@pytest.mark.parametrize(
    "header",
    [{}, {"Authorization": ""}, {"Authorization": "Basic dTpw"}, {"Authorization": "Bearer"}, bearer("no.real.token")],
)
async def test_without_a_real_token_everything_is_401(anyone: httpx.AsyncClient, header: dict[str, str]) -> None:
    for path in ("/users", f"/users/{ANNA}", "/nonsense"):
        answer = await anyone.get(path, headers=header)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
        assert answer.headers["www-authenticate"].startswith("Bearer ")


async def test_a_token_of_another_key_is_401(anyone: httpx.AsyncClient, graph: Graph) -> None:
    claims = jwt.decode(graph.token(), options={"verify_signature": False})
    forged = jwt.encode(claims, "x" * 32, algorithm="HS256")
    answer = await anyone.get("/users", headers=bearer(forged))
    assert (answer.status_code, "Signature is invalid" in answer.text) == (401, True)


async def test_an_unsigned_token_is_401(anyone: httpx.AsyncClient, graph: Graph) -> None:
    claims = jwt.decode(graph.token(), options={"verify_signature": False})
    forged = jwt.encode(claims, "", algorithm="none")
    assert (await anyone.get("/users", headers=bearer(forged))).status_code == 401


async def test_a_token_ends_when_it_says(anyone: httpx.AsyncClient, graph: Graph, clock: ManualClock) -> None:
    token = graph.token(expires_in=60)
    clock.move(59)
    assert (await anyone.get("/users", headers=bearer(token))).status_code == 200
    clock.move(1)
    answer = await anyone.get("/users", headers=bearer(token))
    assert (answer.status_code, "the token is expired" in answer.text) == (401, True)


@pytest.mark.parametrize("resource", ["https://management.azure.com", "http://127.0.0.1", ""])
async def test_a_token_for_another_resource_is_401(anyone: httpx.AsyncClient, graph: Graph, resource: str) -> None:
    answer = await anyone.get("/users", headers=bearer(graph.token(resource=resource)))
    assert (answer.status_code, "Invalid audience" in answer.text) == (401, True)


@pytest.mark.parametrize("operation", GUARDED, ids=lambda operation: operation.id)
async def test_without_its_permission_an_operation_is_403(
    anyone: httpx.AsyncClient, graph: Graph, operation: Operation
) -> None:
    granted = {role for other in GUARDED for role in other.permissions} - operation.permissions | {FOREIGN}
    answer = await anyone.request(operation.method, path_of(operation), headers=bearer(graph.token(*granted)))
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "Authorization_RequestDenied"


@pytest.mark.parametrize(
    ("operation", "permission"),
    [(operation, permission) for operation in GUARDED for permission in sorted(operation.permissions)],
    ids=lambda value: value if isinstance(value, str) else value.id,
)
async def test_each_permission_of_the_contract_suffices(
    anyone: httpx.AsyncClient, graph: Graph, operation: Operation, permission: str
) -> None:
    answer = await anyone.request(operation.method, path_of(operation), headers=bearer(graph.token(permission)))
    assert answer.status_code not in {401, 403}


async def test_the_fine_grained_phone_permission_does_not_reach_other_methods(
    anyone: httpx.AsyncClient, graph: Graph
) -> None:
    headers = bearer(graph.token("UserAuthMethod-Phone.ReadWrite.All"))
    assert (await anyone.get(f"/users/{ANNA}/authentication/phoneMethods", headers=headers)).status_code == 200
    assert (await anyone.get(f"/users/{ANNA}/authentication/methods", headers=headers)).status_code == 403


async def test_the_products_permissions_do_not_reach_the_report(anyone: httpx.AsyncClient, graph: Graph) -> None:
    answer = await anyone.get(
        "/reports/authenticationMethods/userRegistrationDetails", headers=bearer(graph.token(*DEFAULT_ROLES))
    )
    assert answer.status_code == 403
