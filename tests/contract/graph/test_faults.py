"""Injected faults hit the requests that they mean, as often as they say, and do what a real fault does."""

from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from msgraph.generated.models.o_data_errors.o_data_error import ODataError

from local.clock import ManualClock
from local.graph.server import Graph, running_graph
from tests.contract.graph.names import ANNA, BEN, MOBILE

PHONES = f"/users/{ANNA}/authentication/phoneMethods"
PATCH = {"method": "PATCH", "path": "/users/{id}/authentication/phoneMethods/{id}"}
NEW = {"phoneNumber": "+49 1719999999"}


async def inject(control: httpx.AsyncClient, *faults: dict[str, Any]) -> None:
    answer = await control.post("faults", json=list(faults))
    assert answer.status_code == 201, answer.text


async def number(http: httpx.AsyncClient) -> str:
    return str((await http.get(f"{PHONES}/{MOBILE}")).json()["phoneNumber"])


async def test_a_fault_is_answered_as_often_as_it_says(control: httpx.AsyncClient, http: httpx.AsyncClient) -> None:
    await inject(control, {"match": PATCH, "times": 2, "status": 503, "code": "serviceDown", "message": "Later."})
    statuses = [(await http.patch(f"{PHONES}/{MOBILE}", json=NEW)).status_code for _ in range(3)]
    assert statuses == [503, 503, 204]


async def test_without_an_effect_nothing_is_written(control: httpx.AsyncClient, http: httpx.AsyncClient) -> None:
    await inject(control, {"match": PATCH, "status": 500})
    assert (await http.patch(f"{PHONES}/{MOBILE}", json=NEW)).status_code == 500
    assert await number(http) == "+49 1711234567"


async def test_applied_means_that_the_write_lands_and_the_error_is_answered(
    control: httpx.AsyncClient, http: httpx.AsyncClient
) -> None:
    await inject(control, {"match": PATCH, "status": 504, "effect": "applied"})
    answer = await http.patch(f"{PHONES}/{MOBILE}", json=NEW)
    assert (answer.status_code, answer.json()["error"]["code"]) == (504, "GatewayTimeout")
    assert await number(http) == NEW["phoneNumber"]


@pytest.mark.parametrize(("effect", "after"), [("none", "+49 1711234567"), ("applied", NEW["phoneNumber"])])
async def test_a_dropped_connection_is_closed_without_an_answer(
    control: httpx.AsyncClient, http: httpx.AsyncClient, graph: Graph, effect: str, after: str
) -> None:
    await inject(control, {"match": PATCH, "drop": True, "effect": effect})
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await http.patch(f"{PHONES}/{MOBILE}", json=NEW)
    assert graph.requests[-1].status is None
    assert await number(http) == after


async def test_a_delay_lets_the_request_go_on(
    control: httpx.AsyncClient, http: httpx.AsyncClient, clock: ManualClock
) -> None:
    await inject(control, {"match": PATCH, "delaySeconds": 70})
    assert (await http.patch(f"{PHONES}/{MOBILE}", json=NEW)).status_code == 204
    assert clock.slept == [70]


@pytest.mark.parametrize("value", ["7", "0", "-1", "99999999", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_retry_after_is_sent_as_it_is_written(control: httpx.AsyncClient, sdk: Any, value: str) -> None:
    await inject(control, {"match": {"path": "/users/{id}"}, "status": 429, "retryAfter": value})
    with pytest.raises(ODataError) as throttled:
        await sdk.users.by_user_id(ANNA).get()
    assert throttled.value.response_headers["retry-after"] == value
    assert throttled.value.error.code == "TooManyRequests"


async def test_a_number_of_seconds_may_be_written_as_a_number_and_none_as_nothing(
    control: httpx.AsyncClient, http: httpx.AsyncClient
) -> None:
    await inject(control, {"match": {}, "status": 429, "retryAfter": 12}, {"match": {}, "status": 429})
    assert (await http.get("/users")).headers["retry-after"] == "12"
    assert "retry-after" not in (await http.get("/users")).headers


@pytest.mark.parametrize("user", [ANNA, "ANNA@contoso.com", "1001"])
async def test_a_fault_may_mean_one_user_by_id_name_or_employee_id(
    control: httpx.AsyncClient, http: httpx.AsyncClient, user: str
) -> None:
    await inject(control, {"match": {"user": user}, "times": None, "status": 500})
    assert (await http.get(f"/users/{BEN}")).status_code == 200
    assert (await http.get("/users")).status_code == 200
    assert (await http.get("/users/anna@contoso.com/manager")).status_code == 500
    assert (await http.get(f"/users/{ANNA}")).status_code == 500


async def test_a_template_means_one_operation_and_a_prefix_all_below_it(
    control: httpx.AsyncClient, http: httpx.AsyncClient
) -> None:
    await inject(control, {"match": {"path": "/users/{any}"}, "times": None, "status": 500})
    assert [(await http.get(path)).status_code for path in ("/users", f"/users/{ANNA}", PHONES)] == [200, 500, 200]
    await control.delete("faults")
    await inject(control, {"match": {"path": "/users/{id}/authentication"}, "times": None, "status": 500})
    assert [(await http.get(path)).status_code for path in (f"/users/{ANNA}", PHONES)] == [200, 500]


async def test_a_refused_request_uses_no_fault_up(control: httpx.AsyncClient, http: httpx.AsyncClient) -> None:
    await inject(control, {"match": {}, "status": 500})
    assert (await http.get("/users", headers={"Authorization": "Bearer x"})).status_code == 401
    assert (await http.get("/users")).status_code == 500


async def test_faults_hit_items_of_a_batch(control: httpx.AsyncClient, http: httpx.AsyncClient) -> None:
    await inject(control, {"match": {"user": ANNA}, "status": 429, "retryAfter": "9"})
    items = [{"id": name, "method": "GET", "url": f"/users/{name}"} for name in (ANNA, BEN)]
    answer = await http.post("/$batch", json={"requests": items})
    found = {item["id"]: item for item in answer.json()["responses"]}
    assert (answer.status_code, found[ANNA]["status"], found[BEN]["status"]) == (200, 429, 200)
    assert found[ANNA]["headers"]["Retry-After"] == "9"


async def test_a_dropped_item_drops_the_whole_batch(control: httpx.AsyncClient, http: httpx.AsyncClient) -> None:
    await inject(control, {"match": {"user": ANNA}, "drop": True})
    items = [{"id": name, "method": "GET", "url": f"/users/{name}"} for name in (ANNA, BEN)]
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await http.post("/$batch", json={"requests": items})


async def test_faults_stand_in_the_tenant_file_too(tenant: dict[str, Any], clock: ManualClock) -> None:
    later = format_datetime(clock.now(), usegmt=True)
    tenant["graph"] = {"faults": [{"match": {"path": "/users"}, "status": 503, "retryAfter": later}]}
    async with running_graph(tenant, clock=clock) as graph, httpx.AsyncClient(base_url=graph.url) as http:
        http.headers["Authorization"] = f"Bearer {graph.token()}"
        assert (await http.get("/users")).headers["retry-after"] == later
        assert (await http.get("/users")).status_code == 200


@pytest.mark.parametrize(
    "fault",
    [
        {"match": {}},
        {"match": {}, "status": 200},
        {"match": {}, "status": 500, "times": 0},
        {"match": {}, "status": 500, "effect": "some"},
        {"match": {}, "status": 500, "delaySeconds": -1},
        {"match": {}, "status": 500, "retryAfter": "a\nb"},
        {"match": {"verb": "GET"}, "status": 500},
        {"match": {"path": "/user/{id}"}, "status": 500},
        {"status": 500, "reason": "x"},
        "fault",
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused_with_the_reason(
    control: httpx.AsyncClient, fault: object
) -> None:
    answer = await control.post("faults", json=[fault])
    assert answer.status_code == 400
    assert "fault 1: " in answer.json()["error"]
    assert (await control.get("faults")).json() == []
