"""The control side: what a test may look at and turn while the twin runs."""

import json
import logging
from typing import Any

import httpx
import pytest

from local.graph.server import Graph, running_graph
from tests.contract.graph.names import ANNA, BEN, MOBILE

NEW = "+49 1719999999"
PHONE = f"/users/{ANNA}/authentication/phoneMethods/{MOBILE}"


async def test_requests_are_told_without_bodies_numbers_or_queries(
    http: httpx.AsyncClient, control: httpx.AsyncClient
) -> None:
    await http.patch(PHONE, json={"phoneNumber": NEW}, headers={"client-request-id": "mine"})
    await http.get("/users?$filter=mobilePhone eq '+491719999999'")
    await http.get("/nonsense/1719999999")
    answer = await control.get("requests")
    first, second, third = answer.json()
    assert (first["method"], first["status"], first["user"]) == ("PATCH", 204, ANNA)
    assert first["path"] == "/users/{user-id}/authentication/phoneMethods/{phoneAuthenticationMethod-id}"
    assert (first["clientRequestId"], first["time"]) == ("mine", "2026-11-23T09:00:00+00:00")
    assert (second["path"], second["user"], third["path"]) == ("/users", None, "(unknown)")
    assert "171" not in answer.text


async def test_the_tenant_as_it_is_now_can_be_loaded_again(http: httpx.AsyncClient, control: httpx.AsyncClient) -> None:
    await http.patch(PHONE, json={"phoneNumber": NEW})
    await control.post("faults", json={"match": {"user": BEN}, "times": 3, "status": 503, "retryAfter": "5"})
    await control.put("graph", json={"staleReadSeconds": 2, "throttling": {"limit": 9, "windowSeconds": 1}})
    exported = (await control.get("tenant")).json()
    async with running_graph(exported) as again, httpx.AsyncClient(base_url=again.address) as second:
        assert (await second.get("/_twin/tenant")).json() == exported
        anna = again.tenant.user(ANNA)
        assert anna
        assert [phone.number for phone in anna.phones.latest] == [NEW]


async def test_health_counts_users_and_tells_whether_the_contract_held(control: httpx.AsyncClient) -> None:
    assert (await control.get("health")).json() == {"status": "healthy", "users": 5, "contractBroken": []}


async def test_faults_can_be_listed_replaced_and_cleared(control: httpx.AsyncClient) -> None:
    await control.post("faults", json={"faults": [{"match": {"method": "get"}, "status": 500}]})
    assert (await control.get("faults")).json() == [{"match": {"method": "GET"}, "times": 1, "status": 500}]
    await control.put("graph", json={"faults": [{"match": {}, "drop": True, "times": None}]})
    assert (await control.get("faults")).json() == [{"match": {}, "times": None, "drop": True}]
    assert (await control.delete("faults")).status_code == 204
    assert (await control.get("faults")).json() == []


async def test_what_is_not_json_is_refused(control: httpx.AsyncClient) -> None:
    assert (await control.post("faults", content=b"{")).status_code == 400


async def test_the_log_never_holds_a_number_or_a_body(
    http: httpx.AsyncClient, control: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "local")
    caplog.set_level(logging.DEBUG, "uvicorn")
    await control.post("faults", json={"match": {"method": "DELETE"}, "status": 500, "effect": "applied"})
    await http.patch(PHONE, json={"phoneNumber": NEW})
    await http.patch(PHONE, json={"phoneNumber": "1719999999"})
    await http.delete(PHONE)
    await http.get("/users?$filter=mobilePhone eq '1719999999'")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert len(ours) >= 4
    assert "719999999" not in json.dumps(ours)


async def test_in_process_a_test_may_look_at_everything(graph: Graph, http: httpx.AsyncClient) -> None:
    await http.get(f"/users/{ANNA}")
    assert [(record.method, record.user, record.status) for record in graph.requests] == [("GET", ANNA, 200)]
    assert graph.url.endswith("/v1.0")
    user: Any = graph.tenant.user(ANNA)
    user.properties["accountEnabled"] = False
    answer = await http.get(f"/users/{ANNA}?$select=accountEnabled")
    assert answer.json()["accountEnabled"] is False
