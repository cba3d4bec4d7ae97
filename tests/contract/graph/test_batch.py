"""$batch: up to 20 requests, each answered for itself, in an order that may be asked for."""

from typing import Any

import httpx
import pytest

from local.graph.server import Graph
from tests.contract.graph.names import ANNA, BEN, MOBILE

PHONE = f"/users/{ANNA}/authentication/phoneMethods/{MOBILE}"
JSON = {"Content-Type": "application/json"}


def get(name: str, url: str, **more: object) -> dict[str, Any]:
    return {"id": name, "method": "GET", "url": url, **more}


async def run(http: httpx.AsyncClient, *items: dict[str, Any]) -> dict[str, dict[str, Any]]:
    answer = await http.post("/$batch", json={"requests": list(items)})
    assert answer.status_code == 200, answer.text
    return {item["id"]: item for item in answer.json()["responses"]}


async def test_each_item_has_its_own_status_body_and_headers(http: httpx.AsyncClient, graph: Graph) -> None:
    patch = {"id": "3", "method": "PATCH", "url": PHONE, "headers": JSON, "body": {"phoneNumber": "+49 1719999999"}}
    found = await run(http, get("1", f"/users/{BEN}?$select=id"), get("2", "users/nobody"), patch)
    assert [found[name]["status"] for name in "123"] == [200, 404, 204]
    assert found["1"]["body"]["id"] == BEN
    assert found["2"]["body"]["error"]["innerError"]["request-id"]
    assert "body" not in found["3"]
    assert found["1"]["headers"]["Content-Type"].startswith("application/json")
    anna = graph.tenant.user(ANNA)
    assert anna
    assert [phone.number for phone in anna.phones.latest] == ["+49 1719999999"]


async def test_what_depends_on_a_failure_fails_with_424_and_is_not_tried(http: httpx.AsyncClient, graph: Graph) -> None:
    delete = {"id": "2", "method": "DELETE", "url": PHONE, "dependsOn": ["1"]}
    found = await run(http, get("1", "/users/nobody"), delete, get("3", "/users", dependsOn=["2"]))
    assert [found[name]["status"] for name in "123"] == [404, 424, 424]
    assert found["2"]["body"]["error"]["code"] == "FailedDependency"
    assert "DELETE" not in {record.method for record in graph.requests}


async def test_depends_on_keeps_the_order(http: httpx.AsyncClient) -> None:
    patch = {"id": "a", "method": "PATCH", "url": PHONE, "headers": JSON, "body": {"phoneNumber": "+49 1719999999"}}
    found = await run(http, patch, get("b", PHONE, dependsOn=["A"]))
    assert found["b"]["body"]["phoneNumber"] == "+49 1719999999"


async def test_answers_may_come_in_another_order(http: httpx.AsyncClient) -> None:
    items = [get(str(number), "/users?$select=id") for number in range(20)]
    answer = await http.post("/$batch", json={"requests": items})
    names = [item["id"] for item in answer.json()["responses"]]
    assert names != sorted(names, key=int)
    assert sorted(names, key=int) == [item["id"] for item in items]


async def test_headers_of_an_item_count_for_the_item(http: httpx.AsyncClient) -> None:
    url = "/users?$filter=employeeId ne '1001'&$count=true"
    found = await run(http, get("1", url), get("2", url, headers={"ConsistencyLevel": "eventual"}))
    assert [found["1"]["status"], found["2"]["status"]] == [400, 200]


async def test_links_to_further_pages_lead_back_to_the_twin(http: httpx.AsyncClient) -> None:
    found = await run(http, get("1", "/users?$top=1"))
    assert (await http.get(found["1"]["body"]["@odata.nextLink"])).status_code == 200


@pytest.mark.parametrize(
    "items",
    [
        [get(str(number), "/users") for number in range(21)],
        [get("1", "/users"), get("1", "/users")],
        [get("a", "/users"), get("A", "/users")],
        [get("1", "/users", dependsOn=["2"]), get("2", "/users")],
        [get("1", "/users", dependsOn=["9"])],
        [{"id": "1", "method": "PATCH", "url": PHONE, "body": {}}],
        [{"id": "1", "method": "POST", "url": f"{PHONE}/enableSmsSignIn", "headers": JSON}],
        [{"id": "1", "method": "FETCH", "url": "/users"}],
        [{"method": "GET", "url": "/users"}],
    ],
)
async def test_a_malformed_batch_is_400_as_a_whole(http: httpx.AsyncClient, graph: Graph, items: Any) -> None:
    answer = await http.post("/$batch", json={"requests": items})
    assert answer.status_code == 400
    assert [record.batched for record in graph.requests] == [False]


async def test_a_batch_in_a_batch_is_refused(http: httpx.AsyncClient) -> None:
    inner = {"id": "1", "method": "POST", "url": "/$batch", "headers": JSON, "body": {"requests": []}}
    assert (await run(http, inner))["1"]["status"] == 400


async def test_depends_on_misspelt_is_no_dependency(http: httpx.AsyncClient) -> None:
    """Guards against msgraph-core's builder, which writes depends_on, so that the order is silently lost."""
    found = await run(http, get("1", "/users/nobody"), get("2", "/users", depends_on=["1"]))
    assert found["2"]["status"] == 200


async def test_every_item_is_in_the_log_of_requests(http: httpx.AsyncClient, graph: Graph) -> None:
    await run(http, get("1", f"/users/{ANNA}"), get("2", "/users"))
    logged = [(record.path, record.user, record.batched) for record in graph.requests]
    assert sorted(logged, key=str) == [
        ("/$batch", None, False),
        ("/users", None, True),
        ("/users/{user-id}", ANNA, True),
    ]
