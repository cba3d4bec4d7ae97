"""names.json says what the code needs, and gives nobody more than that."""

import importlib
import json
import pkgutil
import re
from typing import Any

import pytest

import shared.tables
from shared.graph.permissions import ENDPOINTS, Identity, permissions_of
from shared.settings import Settings
from tests.infra.bicep_text import BICEP, code_of, declared

NAMES = json.loads((BICEP / "names.json").read_text(encoding="utf-8"))
BUS = json.loads((BICEP / "service-bus.json").read_text(encoding="utf-8"))
GRANTS: list[dict[str, str]] = NAMES["grants"]
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RECEIVE, SEND = "Azure Service Bus Data Receiver", "Azure Service Bus Data Sender"
OUTSIDERS = {"approvers", "operators", "producers", "replayers", "subscribers"}


def place(grant: dict[str, str]) -> str:
    return "/".join(grant[key] for key in ("queue", "topic", "subscription") if key in grant)


def may(who: str, role: str) -> set[str]:
    return {place(grant) for grant in GRANTS if grant["who"] == who and grant["role"] == role}


def entities() -> set[str]:
    topics: list[dict[str, Any]] = BUS["topics"]
    return {
        *(queue["name"] for queue in BUS["queues"]),
        *(topic["name"] for topic in topics),
        *(f"{topic['name']}/{each['name']}" for topic in topics for each in topic["subscriptions"]),
    }


@pytest.mark.parametrize("identity", list(Identity))
def test_an_identity_is_granted_what_its_calls_need_and_nothing_else(identity: Identity) -> None:
    assert tuple(NAMES["graph"]["grants"][identity.value]) == permissions_of(identity)


def test_what_is_optional_is_granted_only_when_it_is_asked_for() -> None:
    optional = {name for each in ENDPOINTS for name in each.optional_permissions}
    assert set(NAMES["graph"]["grants"]["sweepOptional"]) == optional
    assert set(NAMES["graph"]["grants"]) == {*(each.value for each in Identity), "sweepOptional"}


def test_every_permission_has_an_id_and_none_is_there_that_nobody_is_granted() -> None:
    granted = {name for names in NAMES["graph"]["grants"].values() for name in names}
    assert set(NAMES["graph"]["appRoles"]) == granted
    assert len(set(NAMES["graph"]["appRoles"].values())) == len(granted)
    assert "Mail.Send" not in granted, "the sender is scoped in Exchange"


def test_every_id_is_one() -> None:
    ids = [*NAMES["roles"].values(), *NAMES["graph"]["appRoles"].values(), NAMES["graph"]["appId"]]
    assert [text for text in ids if not GUID.fullmatch(text)] == []
    assert len(set(NAMES["roles"].values())) == len(NAMES["roles"])


def test_no_role_owns_anything() -> None:
    assert [name for name in NAMES["roles"] if "Owner" in name or "Administrator" in name] == []


def test_every_entity_that_is_named_is_deployed() -> None:
    assert {place(grant) for grant in GRANTS} <= entities()
    topic = NAMES["entities"]["eventTopic"]
    named = {
        f"{topic}/{name}" if key == "notificationSubscription" else name for key, name in NAMES["entities"].items()
    }
    assert named <= entities()


def test_every_grant_is_a_role_of_service_bus_on_one_entity() -> None:
    for grant in GRANTS:
        assert grant["role"] in {RECEIVE, SEND}
        assert grant["who"] in OUTSIDERS | {"changes"}
        assert set(grant) - {"who", "role"} in ({"queue"}, {"topic"}, {"topic", "subscription"}), grant
        assert grant["role"] == SEND or "topic" not in grant or "subscription" in grant, "a topic is not received from"
    assert len({tuple(sorted(grant.items())) for grant in GRANTS}) == len(GRANTS)


def test_the_app_may_receive_where_it_has_triggers_and_nowhere_else() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (BICEP.parent / "functions").glob("*.py")]
    named = {name for text in texts for name in re.findall(r'queue_name="%([A-Z_]+)%', text)}
    queues = {Settings.model_fields[name.lower()].default for name in named}
    assert may("changes", RECEIVE) == queues | {
        f"{Settings.model_fields['event_topic'].default}/{Settings.model_fields['notification_subscription'].default}"
    }


def test_the_app_may_send_where_it_sends_and_can_approve_nothing() -> None:
    sent = ("request_queue", "parked_queue", "sweep_queue", "event_topic")
    assert may("changes", SEND) == {Settings.model_fields[name].default for name in sent}
    assert Settings.model_fields["approval_queue"].default not in may("changes", SEND)


def test_only_approvers_may_send_approvals_and_they_may_do_nothing_else() -> None:
    approvals = Settings.model_fields["approval_queue"].default
    assert {grant["who"] for grant in GRANTS if grant["role"] == SEND and place(grant) == approvals} == {"approvers"}
    assert [grant for grant in GRANTS if grant["who"] == "approvers" and place(grant) != approvals] == []


def test_producers_may_send_requests_and_nothing_else() -> None:
    assert may("producers", SEND) == {Settings.model_fields["request_queue"].default}
    assert may("producers", RECEIVE) == set()


def test_nobody_outside_may_receive_requests_or_approvals() -> None:
    secret = {Settings.model_fields[name].default for name in ("request_queue", "approval_queue", "sweep_queue")}
    assert [each for each in OUTSIDERS if may(each, RECEIVE) & secret] == []


def test_nobody_may_be_told_in_two_lists() -> None:
    code = code_of(BICEP / "main.bicep")
    lists = {name for name, (type_, _) in declared(code, "param").items() if type_ == "principalType[]"} - {
        "keyOfficers"
    }
    assert lists == OUTSIDERS
    found = re.search(r"^var told = map\(\s*concat\(([^)]*)\)", code, re.MULTILINE)
    assert found
    assert set(re.split(r",\s*", found[1])) == lists
    assert re.search(r"length\(union\(told, told\)\) == length\(told\)\s*\? concat\(", code)
    assert ": fail('" in code
    assert {*re.findall(r"who: '(\w+)'", code)} == lists | {"changes"}


def test_the_tables_are_those_that_the_app_uses() -> None:
    modules = [
        importlib.import_module(f"shared.tables.{each.name}") for each in pkgutil.iter_modules(shared.tables.__path__)
    ]
    used = {module.TABLE for module in modules if hasattr(module, "TABLE")}
    assert set(NAMES["storage"]["tables"]) == used
