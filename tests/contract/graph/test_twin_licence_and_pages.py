"""A tenant without a premium licence, and links that are too old."""

import httpx
import pytest

from local.clock import ManualClock
from tests.contract.graph.names import ANNA, BEN

REPORT = "/reports/authenticationMethods/userRegistrationDetails"


@pytest.mark.parametrize("path", [REPORT, f"{REPORT}/{ANNA}"])
async def test_without_premium_there_is_no_report(
    http: httpx.AsyncClient, control: httpx.AsyncClient, path: str
) -> None:
    assert (await http.get(path)).status_code == 200
    await control.put("graph", json={"premium": False})
    answer = await http.get(path)
    assert answer.status_code == 403
    error = answer.json()["error"]
    assert error["code"] == "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
    assert error["message"] == "Neither tenant is B2C or tenant doesn't have premium license"


@pytest.mark.parametrize(
    "path",
    [
        "/roleManagement/directory/roleEligibilitySchedules",
        f"/identityGovernance/privilegedAccess/group/eligibilitySchedules?$filter=principalId eq '{BEN}'",
    ],
)
async def test_without_premium_nobody_is_eligible_and_graph_says_why(
    http: httpx.AsyncClient, control: httpx.AsyncClient, path: str
) -> None:
    assert (await http.get(path)).status_code == 200
    await control.put("graph", json={"premium": False})
    answer = await http.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "AadPremiumLicenseRequired")


async def test_without_premium_the_directory_still_tells_users_and_roles(
    http: httpx.AsyncClient, control: httpx.AsyncClient
) -> None:
    await control.put("graph", json={"premium": False})
    for path in ("/users", "/roleManagement/directory/roleAssignments", f"/users/{ANNA}/authentication/methods"):
        assert (await http.get(path)).status_code == 200


@pytest.mark.parametrize("path", [f"{REPORT}?$top=1", "/users?$top=1"])
async def test_a_link_ends_after_its_time(
    http: httpx.AsyncClient, control: httpx.AsyncClient, clock: ManualClock, path: str
) -> None:
    await control.put("graph", json={"pageTokenSeconds": 60})
    link = (await http.get(path)).json()["@odata.nextLink"]
    clock.move(60)
    second = (await http.get(link)).json()
    assert second["value"], "each page has a link of its own, as old as the page"
    clock.move(1)
    expired = await http.get(link)
    assert (expired.status_code, expired.json()["error"]["code"]) == (400, "Directory_ExpiredPageToken")
    assert (await http.get(second["@odata.nextLink"])).status_code == 200


async def test_without_the_switch_links_stay(http: httpx.AsyncClient, clock: ManualClock) -> None:
    link = (await http.get("/users?$top=1")).json()["@odata.nextLink"]
    clock.move(500_000)
    assert (await http.get(link)).status_code == 200
