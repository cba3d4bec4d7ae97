"""The product's Graph adapters, with their own client and a managed identity, against the local Graph."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.graph.faults import read_faults
from local.graph.server import Graph, running_graph
from local.graph.tenant.file_faults import FaultList
from local.identity.server import running_identity
from shared.graph.calls import GraphCalls
from shared.graph.client import connect_graph
from shared.graph.directory import GraphDirectory
from shared.graph.mailbox import MAILBOX_CONCURRENCY, GraphMailbox
from shared.graph.permissions import Identity, permissions_of
from shared.graph.users import GraphUsers
from shared.settings import Settings
from tests.contract.directory.far_end import FarEnd, OddReach, answer, reaching, running_far_end
from tests.fakes.clock import MovedClock
from tests.unit.test_settings import BUS, KEY, STORAGE

SENDER = "mfa@contoso.example"
ANNA = "00000000-0000-4000-8000-00000000000a"
# What the table of permissions names, and no more: if a call needs another one, a test says so.
PERMISSIONS = list(permissions_of(Identity.CHANGES))
USERS_OWN = ("authentication/phoneMethods", "authentication/methods", "transitiveMemberOf")
ASSIGNMENTS = "/roleManagement/directory/roleAssignments"
ELIGIBLE = "/roleManagement/directory/roleEligibilitySchedules"
ELIGIBLE_GROUPS = "/identityGovernance/privilegedAccess/group/eligibilitySchedules"
GROUPS = "/groups"


@pytest.fixture
def tenant() -> dict[str, Any]:
    return {
        "users": [
            {
                "id": ANNA,
                "userPrincipalName": "anna@contoso.example",
                "displayName": "Anna Abel",
                "employeeId": "1'001",
                "usageLocation": "DE",
                "preferredLanguage": "de-DE",
                "mail": "anna@contoso.example",
                "manager": "boss@contoso.example",
                "phoneMethods": [{"phoneType": "mobile", "phoneNumber": "+49 15123456780"}],
                "methods": ["password", "fido2", "email"],
            },
            {
                "userPrincipalName": "boss@contoso.example",
                "displayName": "Boss",
                "employeeId": "2",
                "memberOf": ["Inner circle"],
                "eligibleMemberOf": ["Tier 0"],
                "phoneMethods": [],
            },
            {"userPrincipalName": "twin@contoso.example", "displayName": "Twin", "employeeId": "2"},
            {
                "userPrincipalName": "guest_example.org#EXT#@contoso.example",
                "displayName": "Guest",
                "userType": "Guest",
            },
        ],
        "groups": [
            {"displayName": "Tier 0", "isAssignableToRole": True, "roles": ["Global Administrator"]},
            {"displayName": "Inner circle", "memberOf": ["Tier 0"]},
        ],
    }


@dataclass
class Reach:
    """The product's side and Graph's side of one test."""

    graph: Graph
    directory: GraphDirectory
    users: GraphUsers
    mailbox: GraphMailbox
    clock: MovedClock

    def fail(self, **fault: Any) -> None:
        """Plans one fault for the calls that match."""
        problems = FaultList("the test")
        self.graph.state.faults.add(read_faults([{"times": 1, **fault}], problems))
        problems.raise_if_any()


@pytest.fixture
async def graph(tenant: dict[str, Any], tmp_path: Path) -> AsyncIterator[Graph]:
    async with running_graph(tenant, mail_dir=tmp_path, mail_senders=[SENDER]) as running:
        yield running


@pytest.fixture
def granted() -> list[str]:
    """The permissions of the app."""
    return PERMISSIONS


@pytest.fixture
async def settings(graph: Graph, granted: list[str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Settings]:
    """Settings that lead to the local Graph, with an identity at hand."""
    told = {"ServiceBusConnection": BUS, "StateStorage": STORAGE, "mail_sender": SENDER, "undo_key_file": "undo.key"}
    async with running_identity(key=graph.key, roles=granted) as identity:
        for name, value in identity.environment.items():
            monkeypatch.setenv(name, value)
        yield Settings.model_validate({**told, "number_hmac_key": KEY, "graph_endpoint": graph.url})


@pytest.fixture
def listed_groups() -> list[str]:
    """The ids of groups that policy lists."""
    return []


@pytest.fixture
async def reach(graph: Graph, settings: Settings, listed_groups: list[str]) -> AsyncIterator[Reach]:
    connection, clock = connect_graph(settings), MovedClock()
    calls = GraphCalls(clock, settings.graph_concurrency, settings.graph_timeout_seconds)
    mail_calls = GraphCalls(clock, MAILBOX_CONCURRENCY, settings.graph_timeout_seconds)
    directory = GraphDirectory(connection.client, calls, listed_groups)
    yield Reach(
        graph=graph,
        directory=directory,
        users=GraphUsers(connection.client, calls),
        mailbox=GraphMailbox(connection.client, mail_calls, SENDER),
        clock=clock,
    )
    await directory.close()
    await connection.close()


@pytest.fixture
async def far() -> AsyncIterator[FarEnd]:
    """A far end that knows Anna with nothing but her name, until a test says otherwise; the group g would be hers."""
    async with running_far_end() as running:
        running.says("GET", f"/users/{ANNA}", answer(200, json.dumps({"id": ANNA, "userPrincipalName": "a@b.c"})))
        running.says("GET", "/groups/g", answer(200, '{"id": "g", "displayName": "Tier 0"}'))
        own = [f"/users/{ANNA}/{name}" for name in USERS_OWN]
        for collection in (*own, ASSIGNMENTS, ELIGIBLE, ELIGIBLE_GROUPS, GROUPS):
            running.says("GET", collection, answer(200, '{"value": []}'))
        running.says("GET", "/groups/g/owners", answer(200, json.dumps({"value": [{"id": ANNA}]})))
        yield running


@pytest.fixture
async def odd(far: FarEnd, settings: Settings) -> AsyncIterator[OddReach]:
    async with reaching(far, settings) as reach:
        yield reach
