"""Each service takes as much as Microsoft publishes, and tells how near the limit is; low priority goes first."""

from collections import Counter
from typing import Any

import httpx
import pytest

from local.clock import ManualClock
from local.graph.server import Graph
from tests.contract.graph.names import ANNA, BEN

REPORT = "/reports/authenticationMethods/userRegistrationDetails"
METHODS = f"/users/{ANNA}/authentication/methods"
LOW = {"x-ms-throttle-priority": "low"}


@pytest.fixture
async def turn(control: httpx.AsyncClient) -> Any:
    async def turned(limits: object) -> None:
        answer = await control.put("graph", json={"limits": limits})
        assert answer.status_code == 200, answer.text
        assert answer.json()["limits"] == limits

    return turned


async def statuses(http: httpx.AsyncClient, path: str, count: int, **headers: str) -> list[int]:
    return [(await http.get(path, headers=headers)).status_code for _ in range(count)]


async def batch(http: httpx.AsyncClient, paths: list[str], headers: dict[str, str] | None = None) -> list[Any]:
    items = [
        {"id": str(number), "method": "GET", "url": path, "headers": headers or {}} for number, path in enumerate(paths)
    ]
    answer = await http.post("/$batch", json={"requests": items})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["responses"])


async def test_without_the_switch_nothing_is_limited(http: httpx.AsyncClient, graph: Graph) -> None:
    assert graph.state.switches.limits is None
    assert await statuses(http, REPORT, 8) == [200] * 8


async def test_reports_take_five_requests_in_ten_seconds_and_the_others_go_on(
    turn: Any, http: httpx.AsyncClient, clock: ManualClock
) -> None:
    await turn("published")
    assert await statuses(http, REPORT, 3) == [200] * 3
    clock.move(4)
    shares = [(await http.get(REPORT)).headers.get("x-ms-throttle-limit-percentage") for _ in range(2)]
    assert shares == ["0.80", "1.00"]
    refused = await http.get(f"{REPORT}/{ANNA}")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "6")
    assert refused.headers["x-ms-throttle-scope"].startswith("Tenant_Application/")
    assert await statuses(http, "/users", 1) == [200]
    clock.move(6)
    assert await statuses(http, REPORT, 1) == [200]


async def test_the_directory_counts_resource_units(turn: Any, http: httpx.AsyncClient) -> None:
    await turn({"unitsPer10Seconds": 6})
    assert await statuses(http, "/users", 2) == [200, 200]
    assert await statuses(http, "/users?$select=id", 2) == [200, 200], "with $select a list costs one unit less"
    assert await statuses(http, f"/users/{ANNA}", 1) == [429]
    assert await statuses(http, REPORT, 1) == [200]


async def test_members_of_a_group_cost_more(http: httpx.AsyncClient, graph: Graph) -> None:
    group = next(iter(graph.tenant.groups))
    costs = {
        f"/groups/{group}/transitiveMembers": "5",
        f"/groups/{group}/transitiveMembers/microsoft.graph.user?$select=id": "4",
        f"/groups/{group}/owners": "1",
        "/roleManagement/directory/roleAssignments": "1",
        REPORT: None,
    }
    for path, units in costs.items():
        assert (await http.get(path)).headers.get("x-ms-resource-unit") == units, path


async def test_methods_count_as_the_directorys_until_they_have_a_figure_of_their_own(
    turn: Any, http: httpx.AsyncClient, clock: ManualClock
) -> None:
    await turn({"unitsPer10Seconds": 3})
    assert await statuses(http, METHODS, 4) == [200, 200, 200, 429]
    assert await statuses(http, f"/users/{ANNA}", 1) == [429]
    clock.move(10)
    await turn({"unitsPer10Seconds": 3, "methodsPer10Seconds": 5})
    assert await statuses(http, METHODS, 6) == [200] * 5 + [429]
    assert await statuses(http, f"/users/{ANNA}", 1) == [200]


async def test_items_of_a_batch_are_refused_one_by_one_and_told_how_near_the_limit_is(
    turn: Any, http: httpx.AsyncClient
) -> None:
    await turn({"methodsPer10Seconds": 5})
    answers = await batch(http, [METHODS] * 7)
    assert Counter(each["status"] for each in answers) == {200: 5, 429: 2}
    refused = [each for each in answers if each["status"] == 429]
    assert {each["headers"]["Retry-After"] for each in refused} == {"10"}
    shares = sorted(each["headers"].get("x-ms-throttle-limit-percentage", "") for each in answers)
    assert shares == ["", "", "", "", "", "0.80", "1.00"]


async def test_low_priority_is_refused_first(turn: Any, http: httpx.AsyncClient, clock: ManualClock) -> None:
    await turn({"unitsPer10Seconds": 10})
    path = f"/users/{ANNA}"
    assert await statuses(http, path, 10, **LOW) == [200] * 9 + [429]
    clock.move(10)
    assert await statuses(http, path, 9, **LOW) == [200] * 9
    assert await statuses(http, path, 1) == [200], "what is not low is served up to the whole limit"
    clock.move(10)
    assert await statuses(http, path, 10, **{"x-ms-throttle-priority": "High"}) == [200] * 10


async def test_the_report_knows_no_priority(turn: Any, http: httpx.AsyncClient) -> None:
    await turn("published")
    assert await statuses(http, REPORT, 5, **LOW) == [200] * 5


async def test_the_priority_in_a_batch_is_the_items_own(turn: Any, http: httpx.AsyncClient, clock: ManualClock) -> None:
    await turn({"unitsPer10Seconds": 10})
    answers = await batch(http, [METHODS] * 10, LOW)
    assert Counter(each["status"] for each in answers) == {200: 9, 429: 1}
    clock.move(10)
    http.headers.update(LOW)
    answers = await batch(http, [METHODS] * 10)
    assert Counter(each["status"] for each in answers) == {200: 10}


async def test_what_is_refused_counts_so_hammering_keeps_the_limit_used_up(turn: Any, http: httpx.AsyncClient) -> None:
    await turn({"unitsPer10Seconds": 10})
    assert (await statuses(http, f"/users/{ANNA}", 11, **LOW))[9:] == [429, 429]
    assert await statuses(http, f"/users/{ANNA}", 1) == [429]


async def test_mail_and_the_batch_itself_are_no_service_with_a_limit(turn: Any, http: httpx.AsyncClient) -> None:
    await turn({"unitsPer10Seconds": 1, "methodsPer10Seconds": 1, "reportsPer10Seconds": 1})
    assert [each["status"] for _ in range(3) for each in await batch(http, ["/nonsense"])] == [400] * 3


async def test_counts_tell_what_was_asked_and_what_each_limit_refused(
    turn: Any, http: httpx.AsyncClient, control: httpx.AsyncClient
) -> None:
    await turn({"reportsPer10Seconds": 2})
    await statuses(http, REPORT, 5)
    await batch(http, [f"/users/{ANNA}", f"/users/{BEN}"])
    told = (await control.get("counts")).json()
    assert told["throttled"] == {"reports": 3}
    counted = {(row["path"], row["status"], row["batched"]): row["count"] for row in told["requests"]}
    assert counted == {
        (REPORT, 200, False): 2,
        (REPORT, 429, False): 3,
        ("/users/{user-id}", 200, True): 2,
        ("/$batch", 200, False): 1,
    }
    assert (await control.delete("requests")).status_code == 204
    assert (await control.get("counts")).json() == {"requests": [], "throttled": {}}


async def test_the_one_limit_over_everything_still_holds_and_is_counted_apart(
    turn: Any, http: httpx.AsyncClient, control: httpx.AsyncClient
) -> None:
    await turn("published")
    await control.put("graph", json={"throttling": {"limit": 2, "windowSeconds": 10}})
    assert await statuses(http, "/users", 3) == [200, 200, 429]
    assert (await control.get("counts")).json()["throttled"] == {"everything": 1}


async def test_a_bounded_log_keeps_the_newest_and_counts_all(
    http: httpx.AsyncClient, control: httpx.AsyncClient, graph: Graph
) -> None:
    await statuses(http, f"/users/{ANNA}", 3)
    await control.put("graph", json={"requestLog": 2})
    await statuses(http, f"/users/{BEN}", 1)
    assert [record.user for record in graph.requests] == [ANNA, BEN]
    await control.put("graph", json={"requestLog": 0})
    await statuses(http, f"/users/{BEN}", 1)
    assert (await control.get("requests")).json() == []
    assert (await control.get("counts")).json()["requests"][0]["count"] == 5


@pytest.mark.parametrize(
    "switch",
    [
        {"limits": "mine"},
        {"limits": {"reports": 5}},
        {"limits": {"reportsPer10Seconds": 0}},
        {"limits": {"unitsPer10Seconds": True}},
        {"limits": []},
        {"requestLog": -1},
        {"requestLog": 1.5},
        {"premium": 1},
        {"pageTokenSeconds": -1},
    ],
)
async def test_a_switch_that_cannot_be_turned_is_refused(control: httpx.AsyncClient, switch: dict[str, Any]) -> None:
    answer = await control.put("graph", json=switch)
    assert (answer.status_code, next(iter(switch)) in answer.json()["error"]) == (400, True)
