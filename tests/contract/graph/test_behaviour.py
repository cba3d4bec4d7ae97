"""Latency, stale reads, throttling and report lag: turned in the tenant file or while the twin runs."""

from typing import Any

import httpx
import pytest

from local.clock import ManualClock
from local.graph.server import Graph
from tests.contract.graph.names import ANNA, BEN, CLARA, GUEST, MOBILE

PHONE = f"/users/{ANNA}/authentication/phoneMethods/{MOBILE}"
REPORT = "/reports/authenticationMethods/userRegistrationDetails"
OLD, NEW = "+49 1711234567", "+49 1719999999"


async def turn(control: httpx.AsyncClient, **switches: object) -> None:
    answer = await control.put("graph", json=switches)
    assert answer.status_code == 200, answer.text


async def number(http: httpx.AsyncClient) -> str:
    return str((await http.get(PHONE)).json()["phoneNumber"])


async def test_a_read_shows_the_old_value_for_as_long_as_it_is_told(
    control: httpx.AsyncClient, http: httpx.AsyncClient, clock: ManualClock
) -> None:
    await turn(control, staleReadSeconds=30)
    await http.patch(PHONE, json={"phoneNumber": NEW})
    assert await number(http) == OLD
    clock.move(29)
    assert await number(http) == OLD
    clock.move(1)
    assert await number(http) == NEW


async def test_writes_are_judged_by_what_is_and_not_by_what_reads_show(
    control: httpx.AsyncClient, http: httpx.AsyncClient
) -> None:
    await turn(control, staleReadSeconds=30)
    assert (await http.delete(PHONE)).status_code == 204
    assert await number(http) == OLD
    assert (await http.delete(PHONE)).status_code == 404
    made = await http.post(PHONE.rpartition("/")[0], json={"phoneNumber": NEW, "phoneType": "mobile"})
    assert made.status_code == 201


async def test_the_list_of_all_methods_is_as_late(control: httpx.AsyncClient, http: httpx.AsyncClient) -> None:
    await turn(control, staleReadSeconds=30)
    await http.delete(PHONE)
    found = (await http.get(f"/users/{ANNA}/authentication/methods")).json()["value"]
    assert "#microsoft.graph.phoneAuthenticationMethod" in {method["@odata.type"] for method in found}


async def test_beyond_the_limit_everyone_is_told_to_wait_for_the_rest_of_the_window(
    control: httpx.AsyncClient, http: httpx.AsyncClient, clock: ManualClock
) -> None:
    await turn(control, throttling={"limit": 3, "windowSeconds": 10})
    assert [(await http.get("/users")).status_code for _ in range(3)] == [200] * 3
    clock.move(4)
    answer = await http.get(PHONE)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "6")
    assert answer.headers["x-ms-throttle-scope"].startswith("Tenant_Application/")
    assert answer.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    clock.move(6)
    assert (await http.get(PHONE)).status_code == 200


async def test_the_wait_may_be_named_and_the_share_is_told_from_four_fifths_on(
    control: httpx.AsyncClient, http: httpx.AsyncClient
) -> None:
    await turn(control, throttling={"limit": 5, "windowSeconds": 10, "retryAfter": "120"})
    shares = [(await http.get("/users")).headers.get("x-ms-throttle-limit-percentage") for _ in range(5)]
    assert shares == [None, None, None, "0.80", "1.00"]
    assert (await http.get("/users")).headers["retry-after"] == "120"


async def test_items_of_a_batch_are_counted_one_by_one(control: httpx.AsyncClient, http: httpx.AsyncClient) -> None:
    await turn(control, throttling={"limit": 2, "windowSeconds": 10})
    items = [{"id": str(number), "method": "GET", "url": "/users"} for number in range(4)]
    answer = await http.post("/$batch", json={"requests": items})
    assert answer.status_code == 200
    assert sorted(item["status"] for item in answer.json()["responses"]) == [200, 200, 429, 429]


async def test_requests_take_as_long_as_they_are_told(
    control: httpx.AsyncClient, http: httpx.AsyncClient, clock: ManualClock
) -> None:
    await turn(control, latencyMs=250)
    await http.get("/users")
    await turn(control, latencyMs=[100, 200], seed=7)
    await http.get("/users")
    await turn(control, seed=8)
    await turn(control, seed=7)
    await http.get("/users")
    assert clock.slept[0] == 0.25
    assert 0.1 <= clock.slept[1] <= 0.2
    assert clock.slept[1] == clock.slept[2], "the same seed brings the same latency"


@pytest.mark.parametrize(
    "switches",
    [
        {"latencyMs": -1},
        {"latencyMs": [2, 1]},
        {"latencyMs": "slow"},
        {"staleReadSeconds": "x"},
        {"throttling": {"limit": 0, "windowSeconds": 1}},
        {"throttling": {"limit": 1}},
        {"seed": "x"},
        {"speed": 1},
        {"faults": [{}]},
        [],
    ],
)
async def test_a_switch_that_cannot_be_turned_is_refused_and_nothing_changes(
    control: httpx.AsyncClient, graph: Graph, switches: Any
) -> None:
    before = graph.state.switches
    assert (await control.put("graph", json=switches)).status_code == 400
    assert graph.state.switches == before


async def test_the_report_has_no_numbers_no_deleted_and_no_disabled_users(http: httpx.AsyncClient) -> None:
    """Guards against MicrosoftDocs/entra-docs#878: disabled users are missing from the real report too."""
    answer = await http.get(REPORT)
    rows = {row["id"]: row for row in answer.json()["value"]}
    assert rows.keys() == {ANNA, BEN, GUEST}
    assert CLARA not in rows
    assert rows[ANNA]["methodsRegistered"] == ["mobilePhone", "microsoftAuthenticatorPush"]
    assert (rows[ANNA]["isAdmin"], rows[BEN]["isAdmin"], rows[GUEST]["isAdmin"]) == (False, True, True)
    assert (rows[BEN]["isPasswordlessCapable"], rows[GUEST]["userType"]) == (True, "guest")
    assert "1711234567" not in answer.text


async def test_the_report_lags(control: httpx.AsyncClient, http: httpx.AsyncClient, clock: ManualClock) -> None:
    await turn(control, reportLagSeconds=3600)
    await http.delete(PHONE)
    assert (await http.get(f"{REPORT}/{ANNA}")).json()["methodsRegistered"][0] == "mobilePhone"
    clock.move(3600)
    row = (await http.get(f"{REPORT}/{ANNA}")).json()
    assert row["methodsRegistered"] == ["microsoftAuthenticatorPush"]
    assert row["lastUpdatedDateTime"] == "2026-11-23T09:00:00Z", "the time of the report, not of the change"


async def test_the_report_is_filtered_as_practice_does(graph: Graph, http: httpx.AsyncClient) -> None:
    query = "$filter=isAdmin eq true and isMfaRegistered eq true and userType eq 'member'&$select=id&$top=999"
    assert (await http.get(f"{REPORT}?{query}")).json()["value"] == [{"id": BEN}]
    assert (await http.get(f"{REPORT}/nobody")).status_code == 404
    assert graph.requests[-1].path == f"{REPORT}/{{userRegistrationDetails-id}}"
