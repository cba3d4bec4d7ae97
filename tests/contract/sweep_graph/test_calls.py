"""What the sweep asks Graph is what the table of permissions says, neither more nor less, and all of it yields."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgraph.generated.models.entity import Entity

from local.clock import ManualClock
from shared.compliance.rows import Unavailable
from shared.graph.client import connect_graph
from shared.graph.permissions import Identity, endpoints_of
from shared.graph.sweeping.protection_reader import GraphProtectionReader
from shared.policy.model import Policy
from shared.settings import Settings
from shared.sweep.ports import BatchAnswer, LinkExpiredError, Page
from tests.contract.sweep_graph.conftest import Reach, Sweep
from tests.contract.sweep_graph.heads import heard
from tests.unit.policy.facts import policy

GROUP = "22222222-2222-4222-8222-222222222222"
ANNA = "00000000-0000-4000-8000-00000000000a"
CALLS: dict[str, Callable[[Sweep], Awaitable[object]]] = {
    "the report": lambda sweep: sweep.report.page(""),
    "the people": lambda sweep: sweep.people.page(""),
    "a batch": lambda sweep: sweep.methods.read([ANNA]),
    "protection": lambda sweep: sweep.protection.read(),
}


@pytest.fixture
def tenant() -> dict[str, Any]:
    return {
        "users": [{"id": ANNA, "userPrincipalName": "anna@contoso.example", "memberOf": ["Board", "Tier 0"]}],
        "groups": [
            {"displayName": "Board", "id": GROUP},
            {"displayName": "Tier 0", "isAssignableToRole": True, "roles": ["Global Reader"]},
        ],
    }


@pytest.fixture
def rules() -> Policy:
    return policy(protectedUsers={"users": ["anna@contoso.example"], "groups": [GROUP]})


async def test_every_call_is_in_the_table_of_permissions_and_the_other_way_round(reach: Reach) -> None:
    """The token has the sweep's permissions alone: a call that needs another one would be told as unknown."""
    assert isinstance(await reach.report.page(""), Page)
    people = await reach.people.page("")
    assert isinstance(people, Page)
    assert people.remarks == ()
    methods = await reach.methods.read([ANNA])
    assert isinstance(methods, BatchAnswer)
    assert methods.again == ()
    assert (await reach.protection.read()).undetermined == frozenset()
    assert set(reach.calls_made) == {(each.method, each.path) for each in endpoints_of(Identity.SWEEP)}


@pytest.mark.parametrize("call", CALLS.values(), ids=list(CALLS))
async def test_every_call_has_low_priority_and_the_token_of_the_sweeps_identity(
    settings: Settings, rules: Policy, call: Callable[[Sweep], Awaitable[object]]
) -> None:
    """Failure guarded against: a sweep that takes the limits from changes that people wait for."""
    head, _ = await heard(settings, rules, call)
    assert "x-ms-throttle-priority: low\r\n" in head.lower()
    assert "authorization: bearer " in head.lower()


async def test_the_calls_of_changes_keep_their_high_priority(settings: Settings, rules: Policy) -> None:
    head, _ = await heard(settings, rules, CALLS["the people"], connect_graph)
    assert "x-ms-throttle-priority: high\r\n" in head.lower()


async def test_no_list_is_read_through_the_models_of_the_sdk(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    """Failure guarded against: milliseconds for each object, and a loop that stands still for a page of 999 users."""

    def read_through_a_model(_: Entity) -> None:
        pytest.fail("a model of the SDK was read")

    monkeypatch.setattr(Entity, "get_field_deserializers", read_through_a_model)
    assert isinstance(await reach.report.page(""), Page)
    assert isinstance(await reach.people.page(""), Page)
    assert isinstance(await reach.methods.read([ANNA]), BatchAnswer)
    lists_no_names = policy(protectedUsers={"users": [ANNA]})
    assert (await GraphProtectionReader(reach.client, reach.calls, lists_no_names).read()).people


class TestWithoutALicence:
    """A tenant that has neither Entra ID P1 nor P2."""

    @pytest.fixture
    def tenant(self, tenant: dict[str, Any]) -> dict[str, Any]:
        return {**tenant, "graph": {"premium": False}}

    async def test_the_report_is_missing_and_people_and_methods_are_read(self, reach: Reach) -> None:
        report = await reach.report.page("")
        assert isinstance(report, Unavailable)
        assert report.reason == "licence"
        assert isinstance(await reach.people.page(""), Page)
        methods = await reach.methods.read([ANNA])
        assert isinstance(methods, BatchAnswer)
        assert len(methods.readings) == 1

    async def test_what_pim_knows_is_named_as_unknown_and_the_rest_is_told(self, reach: Reach) -> None:
        found = await reach.protection.read()
        assert {person.user_id for person in found.people} == {ANNA}
        assert found.undetermined == {"eligible_roles", "eligible_groups"}


class TestWithLinksThatGrowOld:
    """A run that was cut off, and goes on later than Graph keeps its links."""

    @pytest.fixture
    def tenant(self, tenant: dict[str, Any]) -> dict[str, Any]:
        more = [{"userPrincipalName": f"u{number}@contoso.example"} for number in range(3)]
        return {**tenant, "users": [*tenant["users"], *more], "graph": {"pageTokenSeconds": 600}}

    async def test_a_list_must_be_begun_anew(
        self, reach: Reach, twins_clock: ManualClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shared.graph.sweeping.people_list._PAGE", 2)
        first = await reach.people.page("")
        assert isinstance(first, Page)
        twins_clock.move(601)
        with pytest.raises(LinkExpiredError):
            await reach.people.page(first.next)
