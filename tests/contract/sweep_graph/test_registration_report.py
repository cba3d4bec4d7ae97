"""The registration report is read page by page; where there is none, that is told with what to do about it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.compliance.rows import Registered, Unavailable
from shared.errors import DirectoryThrottledError, DirectoryUnavailableError
from shared.graph.sweeping.registration_report import GraphRegistrationReport
from shared.sweep.ports import LinkExpiredError, Page
from tests.contract.directory.far_end import FarEnd
from tests.contract.sweep_graph.answers import listed, refused
from tests.contract.sweep_graph.conftest import PERMISSIONS, Reach, Sweep

REPORT = "/reports/authenticationMethods/userRegistrationDetails"
ROW = {"id": "a", "userType": "guest", "methodsRegistered": ["mobilePhone"], "lastUpdatedDateTime": "2026-11-25T22:00Z"}
READ = Registered("a", ("mobilePhone",), datetime(2026, 11, 25, 22, tzinfo=UTC), "guest")


@pytest.fixture
def tenant() -> dict[str, Any]:
    return {"users": [{"userPrincipalName": f"u{number}@contoso.example"} for number in range(5)]}


async def test_the_report_is_read_to_its_last_page(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.graph.sweeping.registration_report._PAGE", 2)
    report = GraphRegistrationReport(reach.client, reach.calls)
    found, link = list[str](), ""
    for _ in range(3):
        page = await report.page(link)
        assert isinstance(page, Page)
        found += [row.user_id for row in page.rows]
        link = page.next
    assert sorted(found) == sorted(user.id for user in reach.graph.tenant.live_users())
    assert link == ""
    assert reach.calls_made == [("GET", REPORT)] * 3


@pytest.mark.parametrize("granted", [[name for name in PERMISSIONS if name != "AuditLog.Read.All"]], ids=["denied"])
async def test_without_the_permission_there_is_no_report(reach: Reach) -> None:
    found = await reach.report.page("")
    assert isinstance(found, Unavailable)
    assert found.reason == "permission"
    assert "AuditLog.Read.All" in found.why


async def test_a_row_says_whose_it_is_which_methods_and_as_of_when(odd: Sweep, far: FarEnd) -> None:
    far.says("GET", REPORT, listed(ROW))
    assert await odd.report.page("") == Page((READ,))
    ((_, target),) = far.asked
    assert "$top=999" in target
    assert "$select=id,userType,methodsRegistered,lastUpdatedDateTime" in target


async def test_a_row_without_methods_is_left_out_so_that_the_user_is_read_one_by_one(odd: Sweep, far: FarEnd) -> None:
    """None is not the empty list: who has registered nothing has the latter."""
    far.says("GET", REPORT, listed({**ROW, "methodsRegistered": None}, {**ROW, "methodsRegistered": []}))
    assert await odd.report.page("") == Page((Registered("a", (), READ.reported_at, "guest"),))


async def test_options_that_graph_ceases_to_take_are_left_away_one_by_one_for_good(odd: Sweep, far: FarEnd) -> None:
    far.says("GET", REPORT, refused(400, "BadRequest"), refused(400, "BadRequest"), listed(ROW))
    assert await odd.report.page("") == Page((READ,))
    assert await odd.report.page("") == Page((READ,))
    queries = [target.partition("?")[2] for _, target in far.asked]
    assert [("top" in query, "select" in query) for query in queries] == [
        (True, True),
        (True, False),
        (False, True),
        (False, True),
    ]


NO_LICENCE = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
REFUSALS = {
    "no licence": (403, NO_LICENCE, "licence", 1, "P1 licence"),
    "no licence, other status": (400, NO_LICENCE, "licence", 1, "P1 licence"),
    "no permission": (403, "Authorization_RequestDenied", "permission", 1, "AuditLog.Read.All"),
    "not found": (404, "ResourceNotFound", "other", 1, "HTTP 404 ResourceNotFound"),
    "whatever is asked": (400, "BadRequest", "other", 4, "HTTP 400 BadRequest"),
}


@pytest.mark.parametrize("case", REFUSALS.values(), ids=list(REFUSALS))
async def test_a_refusal_is_told_with_its_reason(odd: Sweep, far: FarEnd, case: tuple[int, str, str, int, str]) -> None:
    status, code, reason, calls, words = case
    far.says("GET", REPORT, refused(status, code))
    found = await odd.report.page("")
    assert isinstance(found, Unavailable)
    assert (found.reason, len(far.asked)) == (reason, calls)
    assert words in found.why
    assert "7400" not in found.why


@pytest.mark.parametrize(
    "said",
    [
        listed({**ROW, "id": None}),
        listed(ROW, {"methodsRegistered": []}),
        refused(500, "Oops"),
        refused(401, "Expired"),
    ],
    ids=["null id", "no id", "HTTP 500", "HTTP 401"],
)
async def test_what_is_no_page_is_transient(odd: Sweep, far: FarEnd, said: bytes) -> None:
    far.says("GET", REPORT, said)
    with pytest.raises(DirectoryUnavailableError):
        await odd.report.page("")


async def test_throttling_is_waited_for_by_every_call(odd: Sweep, far: FarEnd) -> None:
    far.says("GET", REPORT, refused(429, "TooManyRequests", **{"Retry-After": "7"}))
    for _ in range(2):
        with pytest.raises(DirectoryThrottledError) as fault:
            await odd.report.page("")
        assert fault.value.retry_after == 7
    assert len(far.asked) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(400, "Directory_ExpiredPageToken"), (404, "NotFound"), (410, "Gone")], ids=str
)
async def test_a_link_that_graph_refuses_is_expired(odd: Sweep, far: FarEnd, status: int, code: str) -> None:
    link = f"{far.url}{REPORT}?$skiptoken=1"
    far.says("GET", REPORT, listed(ROW, next_link=link), refused(status, code))
    assert await odd.report.page("") == Page((READ,), link)
    with pytest.raises(LinkExpiredError):
        await odd.report.page(link)


async def test_a_permission_that_is_taken_away_half_way_ends_the_report(odd: Sweep, far: FarEnd) -> None:
    far.says("GET", REPORT, refused(403, "Authorization_RequestDenied"))
    assert isinstance(await odd.report.page(f"{far.url}{REPORT}?$skiptoken=1"), Unavailable)


async def test_no_link_leads_away_from_graph(odd: Sweep, far: FarEnd) -> None:
    """The token would go with it, or the call without a token."""
    far.says("GET", REPORT, listed(ROW, next_link="https://graph.example/v1.0/more"))
    with pytest.raises(DirectoryUnavailableError):
        await odd.report.page("")
    with pytest.raises(LinkExpiredError):
        await odd.report.page("https://graph.example/v1.0/more")
    assert len(far.asked) == 1
