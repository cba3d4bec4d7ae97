"""People register and remove methods themselves while the twin runs; reads and the report follow late."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from local.clock import ManualClock
from local.graph.server import running_graph
from tests.contract.graph.names import ANNA, BEN, MOBILE

METHODS = f"/users/{ANNA}/authentication/methods"
REPORT = f"/reports/authenticationMethods/userRegistrationDetails/{ANNA}"
PUSH = "microsoftAuthenticatorPush"


async def types(http: httpx.AsyncClient) -> list[str]:
    rows = (await http.get(METHODS)).json()["value"]
    return [row["@odata.type"].removeprefix("#microsoft.graph.").removesuffix("AuthenticationMethod") for row in rows]


async def reported(http: httpx.AsyncClient) -> list[str]:
    return list((await http.get(REPORT)).json()["methodsRegistered"])


async def test_a_passkey_is_registered_and_removed(http: httpx.AsyncClient, control: httpx.AsyncClient) -> None:
    added = await control.post(f"users/{ANNA}/methods", json="passKeyDeviceBound")
    assert added.status_code == 201
    assert await types(http) == ["password", "phone", "microsoftAuthenticator", "fido2"]
    assert await reported(http) == ["mobilePhone", PUSH, "passKeyDeviceBound"]
    assert (await http.get(REPORT)).json()["isPasswordlessCapable"] is True
    assert (await control.delete(f"users/{ANNA}/methods/{added.json()['id']}")).status_code == 204
    assert await reported(http) == ["mobilePhone", PUSH]


async def test_all_of_a_kind_are_removed_by_its_name(http: httpx.AsyncClient, control: httpx.AsyncClient) -> None:
    ids = set()
    for _ in range(2):
        added = await control.post("users/anna@contoso.com/methods", json={"method": "fido2", "displayName": "Blue"})
        ids.add(added.json()["id"])
    assert len(ids) == 2, "each has an id of its own"
    assert (await control.delete(f"users/{ANNA}/methods/fido2")).status_code == 204
    assert await types(http) == ["password", "phone", "microsoftAuthenticator"]


async def test_what_is_removed_is_not_given_back_under_the_same_id(control: httpx.AsyncClient) -> None:
    first = (await control.post(f"users/{ANNA}/methods", json="fido2")).json()["id"]
    await control.delete(f"users/{ANNA}/methods/fido2")
    assert (await control.post(f"users/{ANNA}/methods", json="fido2")).json()["id"] != first


async def test_the_report_shows_a_new_method_late(
    http: httpx.AsyncClient, control: httpx.AsyncClient, clock: ManualClock
) -> None:
    await control.put("graph", json={"reportLagSeconds": 3600, "staleReadSeconds": 5})
    await control.post(f"users/{ANNA}/methods", json="passKeySynced")
    assert "fido2" not in await types(http)
    clock.move(5)
    assert "fido2" in await types(http)
    assert "passKeySynced" not in await reported(http)
    clock.move(3595)
    assert "passKeySynced" in await reported(http)


async def test_a_phone_is_set_and_removed(http: httpx.AsyncClient, control: httpx.AsyncClient) -> None:
    answer = await control.put(f"users/{ANNA}/phones/mobile", json={"phoneNumber": "0171 9999999"})
    assert answer.json()["phoneNumber"] == "+49 1719999999", "read as a number of where the user is"
    phone = (await http.get(f"/users/{ANNA}/authentication/phoneMethods/{MOBILE}")).json()
    assert (phone["phoneNumber"], phone["phoneType"], phone["smsSignInState"]) == (
        "+49 1719999999",
        "mobile",
        "notAllowedByPolicy",
    )
    assert (await control.delete(f"users/{ANNA}/phones/MOBILE")).status_code == 204
    assert "phone" not in await types(http)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "users/nobody/methods", "fido2", 404),
        ("POST", f"users/{ANNA}/methods", "telepathy", 400),
        ("POST", f"users/{ANNA}/methods", None, 400),
        ("POST", f"users/{ANNA}/methods", "password", 400),
        ("DELETE", f"users/{ANNA}/methods/fido2", None, 404),
        ("DELETE", f"users/{ANNA}/methods/password", None, 404),
        ("PUT", f"users/{ANNA}/phones/satellite", {"phoneNumber": "+49 1719999999"}, 400),
        ("PUT", f"users/{ANNA}/phones/mobile", {}, 400),
        ("PUT", f"users/{ANNA}/phones/mobile", [], 400),
        ("DELETE", f"users/{BEN}/phones/mobile", None, 404),
    ],
)
async def test_what_cannot_be_done_is_told_and_changes_nothing(
    control: httpx.AsyncClient, method: str, path: str, body: Any, status: int
) -> None:
    before = (await control.get("tenant")).json()
    answer = await control.request(method, path, json=body)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)
    assert (await control.get("tenant")).json() == before


async def test_what_people_did_outlives_a_restart(tenant: dict[str, Any], tmp_path: Path) -> None:
    kept = tmp_path / "state"
    async with running_graph(tenant, state_file=kept) as graph, httpx.AsyncClient(base_url=graph.address) as control:
        await control.post(f"/_twin/users/{ANNA}/methods", json="passKeyDeviceBoundAuthenticator")
        await control.delete(f"/_twin/users/{ANNA}/methods/microsoftAuthenticator")
        before = (await control.get("/_twin/tenant")).json()
    async with running_graph(tenant, state_file=kept) as graph, httpx.AsyncClient(base_url=graph.address) as control:
        assert (await control.get("/_twin/tenant")).json() == before
        anna = graph.tenant.user(ANNA)
        assert anna is not None
        assert [method.kind.name for method in anna.methods] == ["password", "passKeyDeviceBoundAuthenticator"]
