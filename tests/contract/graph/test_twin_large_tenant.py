"""A large tenant costs what is asked for: one page, one user, one batch, however many people there are."""

from typing import Any

import httpx
import pytest

from local.graph.endpoints import registration_report, users
from local.graph.server import Graph, running_graph

COUNT = 3_000
REPORT = "/reports/authenticationMethods/userRegistrationDetails"


def user(number: int) -> dict[str, Any]:
    return {
        "userPrincipalName": f"u{number}@contoso.com",
        "employeeId": str(number),
        "accountEnabled": number % 10 != 0,
        "deleted": number % 100 == 1,
        "memberOf": ["Everyone"],
        "roles": ["Global Reader"] if number % 500 == 2 else [],
        "manager": "u2@contoso.com",
    }


@pytest.fixture(scope="module")
def tenant() -> dict[str, Any]:
    return {"users": [user(number) for number in range(COUNT)]}


@pytest.fixture
async def client(tenant: dict[str, Any]) -> Any:
    async with running_graph(tenant, strict=False) as graph, httpx.AsyncClient(base_url=graph.url) as http:
        roles = ("User.Read.All", "AuditLog.Read.All", "RoleManagement.Read.Directory", "GroupMember.Read.All")
        http.headers["Authorization"] = f"Bearer {graph.token(*roles)}"
        yield graph, http


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rows of the report and the managers that are written."""
    rows: list[str] = []
    for module, name in ((registration_report, "_row"), (users, "_manager_of")):
        whole: Any = getattr(module, name)

        def counted(call: Any, user: Any, *more: Any, whole: Any = whole) -> Any:
            rows.append(user.id)
            return whole(call, user, *more)

        monkeypatch.setattr(module, name, counted)
    return rows


async def read(http: httpx.AsyncClient, path: str) -> list[list[dict[str, Any]]]:
    pages, link = [], path
    while link:
        body = (await http.get(link)).json()
        pages.append(body["value"])
        link = body.get("@odata.nextLink", "")
    return pages


@pytest.mark.parametrize("path", [f"{REPORT}?$top=50", "/users?$select=id&$top=50&$expand=manager($select=id)"])
async def test_a_page_makes_its_own_rows_and_no_others(
    client: tuple[Graph, httpx.AsyncClient], made: list[str], path: str
) -> None:
    _, http = client
    first = (await http.get(path)).json()
    assert [row["id"] for row in first["value"]] == made
    second = (await http.get(first["@odata.nextLink"])).json()
    assert [row["id"] for row in second["value"]] == made[50:]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/users?$select=employeeId&$top=999", {n for n in range(COUNT) if n % 100 != 1}),
        (f"{REPORT}?$top=999", {n for n in range(COUNT) if n % 100 != 1 and n % 10 != 0}),
        ("/users?$select=employeeId&$filter=accountEnabled eq false", {n for n in range(COUNT) if n % 10 == 0}),
        ("/roleManagement/directory/roleAssignments?$top=2&$expand=principal", set(range(2, COUNT, 500))),
    ],
)
async def test_all_pages_together_hold_everyone_once(
    client: tuple[Graph, httpx.AsyncClient], path: str, expected: set[int]
) -> None:
    _, http = client
    pages = await read(http, path)
    assert len(pages) > 1
    assert len({len(page) for page in pages[:-1]}) == 1
    rows = [row for page in pages for row in page]
    assert len(rows) == len(expected)
    names = [
        row.get("employeeId") or row.get("userPrincipalName") or row["principal"]["userPrincipalName"] for row in rows
    ]
    assert {int(name.partition("@")[0].lstrip("u")) for name in names} == expected


async def test_the_members_of_a_group_of_everyone_come_in_full_pages(client: tuple[Graph, httpx.AsyncClient]) -> None:
    graph, http = client
    (group,) = graph.tenant.groups
    pages = await read(http, f"/groups/{group}/transitiveMembers/microsoft.graph.user?$select=id&$top=999")
    assert [len(page) for page in pages] == [999, 999, 972]


async def test_a_page_of_the_report_holds_100_unless_top_says_otherwise(
    client: tuple[Graph, httpx.AsyncClient],
) -> None:
    _, http = client
    assert len((await http.get(REPORT)).json()["value"]) == 100
    assert (await http.get(f"{REPORT}?$top=1000")).status_code == 400
