"""A tenant, a twin that watches its own answers, and two clients: the real SDK, and plain HTTP for what it hides."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.clock import ManualClock
from local.graph.server import Graph, running_graph
from local.identity.server import running_identity
from tests.contract.graph.names import ANNA, BEN, CLARA, GONE, GUEST, SENDER, TIER_0
from tests.contract.graph.sdk import sdk_client


@pytest.fixture
def tenant() -> dict[str, Any]:
    return {
        "users": [
            {
                "id": ANNA,
                "userPrincipalName": "anna@contoso.com",
                "displayName": "Anna Abel",
                "employeeId": "1001",
                "usageLocation": "DE",
                "mail": "anna@contoso.com",
                "otherMails": ["anna@example.org"],
                "manager": "ben@contoso.com",
                "phoneMethods": [{"phoneType": "mobile", "phoneNumber": "+49 1711234567"}],
                "memberOf": ["Staff"],
            },
            {
                "id": BEN,
                "userPrincipalName": "ben@contoso.com",
                "displayName": "Ben Brand",
                "employeeId": "1002",
                "mail": "ben@contoso.com",
                "roles": ["User Administrator"],
                "eligibleRoles": ["Global Administrator"],
                "eligibleMemberOf": ["Tier 0"],
                "phoneMethods": [],
                "methods": ["fido2", "temporaryAccessPass", "email", "softwareOath", "hello", "platformCredential"],
            },
            {
                "id": GUEST,
                "userPrincipalName": "guest_example.org#EXT#@contoso.com",
                "displayName": "Gina Guest",
                "userType": "Guest",
                "memberOf": ["Inner circle"],
            },
            {
                "id": CLARA,
                "userPrincipalName": "clara@contoso.com",
                "displayName": "Clara Clar",
                "employeeId": "1003",
                "accountEnabled": False,
                "isManagementRestricted": True,
                "phoneMethods": [{"phoneType": "mobile", "phoneNumber": "+49 1717654321"}],
            },
            {
                "id": GONE,
                "userPrincipalName": "gone@contoso.com",
                "deleted": True,
                "smsSignIn": True,
                "phoneMethods": [{"phoneType": "mobile", "phoneNumber": "+49 1700000001"}],
            },
        ],
        "groups": [
            {"displayName": "Staff"},
            {
                "id": TIER_0,
                "displayName": "Tier 0",
                "isAssignableToRole": True,
                "roles": ["Global Reader"],
                "owners": [BEN],
            },
            {"displayName": "Inner circle", "memberOf": ["Tier 0"]},
        ],
    }


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def graph(tenant: dict[str, Any], clock: ManualClock, tmp_path: Path) -> AsyncIterator[Graph]:
    async with running_graph(tenant, clock=clock, mail_dir=tmp_path / "mail", mail_senders=[SENDER]) as running:
        yield running


@pytest.fixture
async def sdk(graph: Graph, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    async with running_identity(key=graph.key, clock=clock) as identity:
        for name, value in identity.environment.items():
            monkeypatch.setenv(name, value)
        async with sdk_client(graph) as client:
            yield client


@pytest.fixture
async def http(graph: Graph) -> AsyncIterator[httpx.AsyncClient]:
    """Plain HTTP with the product's permissions and those of the report."""
    token = graph.token(
        "UserAuthMethod-Phone.ReadWrite.All",
        "User.Read.All",
        "RoleManagement.Read.Directory",
        "GroupMember.Read.All",
        "PrivilegedEligibilitySchedule.Read.AzureADGroup",
        "UserAuthenticationMethod.Read.All",
        "AuditLog.Read.All",
        "User.RevokeSessions.All",
        expires_in=1_000_000,
    )
    async with httpx.AsyncClient(base_url=graph.url, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


@pytest.fixture
async def control(graph: Graph) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{graph.address}/_twin") as client:
        yield client
