"""The sweep's Graph adapters, with their own client and a managed identity, against the local Graph and an odd one."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgraph.graph_service_client import GraphServiceClient

from local.clock import ManualClock
from local.graph.faults import read_faults
from local.graph.server import Graph, running_graph
from local.graph.tenant.file_faults import FaultList
from local.identity.server import running_identity
from shared.graph.calls import GraphCalls
from shared.graph.client import GraphConnection, connect_sweep_graph
from shared.graph.permissions import ENDPOINTS, Identity, permissions_of
from shared.graph.sweeping.method_reader import GraphMethodReader
from shared.graph.sweeping.people_list import GraphPeopleList
from shared.graph.sweeping.protection_reader import GraphProtectionReader
from shared.graph.sweeping.registration_report import GraphRegistrationReport
from shared.policy.model import Policy
from shared.settings import Settings
from tests.contract.directory.far_end import FarEnd, running_far_end
from tests.fakes.clock import MovedClock
from tests.unit.policy.facts import policy
from tests.unit.test_settings import BUS, KEY, STORAGE

OPTIONAL = sorted({name for each in ENDPOINTS for name in each.optional_permissions})
# What the table of permissions names, and no more: if a call needs another one, a test says so.
PERMISSIONS = [*permissions_of(Identity.SWEEP), *OPTIONAL]
KEYS = (b"k" * 32, b"o" * 32)
CLIENT_ID = "00000000-0000-4000-8000-0000000000c1"
_TOKEN_KEY = b"t" * 32


@dataclass
class Sweep:
    """The product's side of one test."""

    client: GraphServiceClient
    report: GraphRegistrationReport
    people: GraphPeopleList
    methods: GraphMethodReader
    protection: GraphProtectionReader
    calls: GraphCalls
    clock: MovedClock


@dataclass
class Reach(Sweep):
    """Both sides: Graph's as well."""

    graph: Graph

    def fail(self, **fault: Any) -> None:
        """Plans one fault for the calls that match."""
        problems = FaultList("the test")
        self.graph.state.faults.add(read_faults([{"times": 1, **fault}], problems))
        problems.raise_if_any()

    @property
    def calls_made(self) -> list[tuple[str, str]]:
        """The calls that Graph has seen, with their paths as documents write them."""
        return [(record.method, re.sub(r"{[^}]*}", "{id}", record.path)) for record in self.graph.requests]


@pytest.fixture
def tenant() -> dict[str, Any]:
    return {"users": [{"userPrincipalName": "anna@contoso.example"}]}


@pytest.fixture
def granted() -> list[str]:
    """The permissions of the app."""
    return PERMISSIONS


@pytest.fixture
def rules() -> Policy:
    """The policy."""
    return policy()


@pytest.fixture
def twins_clock() -> ManualClock:
    """The clock on Graph's side, which also says when a token ends."""
    return ManualClock(datetime.now(UTC))


@pytest.fixture
async def graph(tenant: dict[str, Any], tmp_path: Path, twins_clock: ManualClock) -> AsyncIterator[Graph]:
    async with running_graph(tenant, key=_TOKEN_KEY, mail_dir=tmp_path, clock=twins_clock) as running:
        yield running


@pytest.fixture
async def settings(granted: list[str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Settings]:
    """Settings with an identity at hand; where Graph is, each test says."""
    told = {"ServiceBusConnection": BUS, "StateStorage": STORAGE, "mail_sender": "mfa@contoso.example"}
    async with running_identity(key=_TOKEN_KEY, roles=granted) as identity:
        for name, value in identity.environment.items():
            monkeypatch.setenv(name, value)
        yield Settings.model_validate({**told, "undo_key_file": "undo.key", "number_hmac_key": KEY})


type Connect = Callable[[Settings], GraphConnection]


def as_the_sweep(settings: Settings) -> GraphConnection:
    """Connects as the product does for the sweep."""
    return connect_sweep_graph(settings, CLIENT_ID)


@asynccontextmanager
async def reaching(
    settings: Settings, url: str, rules: Policy, connect: Connect = as_the_sweep
) -> AsyncIterator[Sweep]:
    """Reaches a Graph, with the sweep's own client unless a test says otherwise."""
    told = settings.model_copy(update={"graph_endpoint": url, "graph_timeout_seconds": 5.0})
    connection, clock = connect(told), MovedClock()
    calls, client = GraphCalls(clock, 4, told.graph_timeout_seconds), connection.client
    yield Sweep(
        client,
        GraphRegistrationReport(client, calls),
        GraphPeopleList(client, calls),
        GraphMethodReader(client, calls, rules, KEYS),
        GraphProtectionReader(client, calls, rules),
        calls,
        clock,
    )
    await connection.close()


@pytest.fixture
async def reach(graph: Graph, settings: Settings, rules: Policy) -> AsyncIterator[Reach]:
    async with reaching(settings, graph.url, rules) as sweep:
        yield Reach(**vars(sweep), graph=graph)


@pytest.fixture
async def far() -> AsyncIterator[FarEnd]:
    async with running_far_end() as running:
        yield running


@pytest.fixture
async def odd(far: FarEnd, settings: Settings, rules: Policy) -> AsyncIterator[Sweep]:
    """The product's side, with a far end that says what each test lets it say."""
    async with reaching(settings, far.url, rules) as sweep:
        yield sweep
