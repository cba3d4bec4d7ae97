"""The rules of a subscription are listed, added and removed by request."""

from typing import TYPE_CHECKING

import pytest

from local.servicebus.amqp.types import Described, Int
from local.servicebus.clock import ManualClock
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.settings import NamespaceSettings, SubscriptionSettings, TopicSettings
from local.servicebus.management.node import ManagementNode
from tests.unit.servicebus.asking import ask, condition, status

if TYPE_CHECKING:
    from local.servicebus.amqp.message import Map


@pytest.fixture
def subscription(clock: ManualClock) -> ManagementNode:
    settings = TopicSettings(subscriptions={"some": SubscriptionSettings()})
    namespace = Namespace(NamespaceSettings(topics={"events": settings}), clock)
    path = "events/Subscriptions/some"
    return ManagementNode(namespace.entity(path), namespace.subscription(path))


def test_rules_are_listed_added_and_removed(subscription: ManagementNode) -> None:
    wanted: Map = {"label": "urgent", "properties": {"outcome": "changed"}}
    added: Map = {"rule-name": "urgent", "rule-description": {"correlation-filter": wanted}}
    assert status(ask(subscription, "add-rule", added)) == 200
    assert condition(ask(subscription, "add-rule", added)) == "com.microsoft:entity-already-exists"
    assert status(ask(subscription, "remove-rule", {"rule-name": "$Default"})) == 200
    assert condition(ask(subscription, "remove-rule", {"rule-name": "$Default"})) == "amqp:not-found"
    answer = ask(subscription, "enumerate-rules", {"skip": Int(0), "top": Int(100)})
    assert isinstance(answer.body, dict)
    rules = answer.body["rules"]
    assert isinstance(rules, list)
    assert len(rules) == 1
    entry = rules[0]
    assert isinstance(entry, dict)
    described = entry["rule-description"]
    assert isinstance(described, Described)
    assert isinstance(described.value, list)
    rule, _, name = described.value
    assert name == "urgent"
    assert isinstance(rule, Described)
    assert rule.value == [None, None, None, None, "urgent", None, None, None, {"outcome": "changed"}]


def test_the_only_sql_filters_are_those_that_say_the_same_of_every_message(subscription: ManagementNode) -> None:
    for expression, expected in (("1 = 1", 200), ("1=0", 200), ("quantity > 5", 501)):
        body: Map = {"rule-name": expression, "rule-description": {"sql-filter": {"expression": expression}}}
        assert status(ask(subscription, "add-rule", body)) == expected
    answer = ask(subscription, "enumerate-rules", {})
    assert isinstance(answer.body, dict)
    assert isinstance(answer.body["rules"], list)
    assert len(answer.body["rules"]) == 3
