"""What Azure is deployed with is what the local Service Bus runs with, setting by setting."""

import json
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from local.servicebus.config import DEFAULT_CONFIG, ConfigError, parse_config, read_config
from local.servicebus.entities.filters import CorrelationFilter, TrueFilter
from local.servicebus.entities.settings import QueueSettings

TEMPLATE: dict[str, Any] = json.loads(DEFAULT_CONFIG.read_text(encoding="utf-8"))
# A setting of the template, and where the broker has it.
PLACES = {
    "requiresSession": "requires_session",
    "lockDuration": "lock_duration",
    "maxDeliveryCount": "max_delivery_count",
    "defaultMessageTimeToLive": "default_time_to_live",
    "deadLetteringOnMessageExpiration": "dead_letter_on_expiration",
    "duplicateDetectionHistoryTimeWindow": "duplicate_window",
    "forwardTo": "forward_to",
    "forwardDeadLetteredMessagesTo": "forward_dead_letters_to",
}
DURATIONS = {"PT1M": 60, "PT5M": 300, "PT1H": 3600, "P1D": 86_400, "P7D": 604_800, "P14D": 1_209_600}
DAYS = {"P90D": 90, "P100D": 100, "P400D": 400}


def in_python(value: Any) -> Any:
    if value in DURATIONS:
        return timedelta(seconds=DURATIONS[value])
    return timedelta(days=DAYS[value]) if value in DAYS else value


def entities() -> list[tuple[str, dict[str, Any], QueueSettings]]:
    broker = read_config(DEFAULT_CONFIG)
    queues = [(each["name"], each["properties"], broker.queues[each["name"]]) for each in TEMPLATE["queues"]]
    subscriptions = [
        (f"{topic['name']}/{each['name']}", each["properties"], found.subscriptions[each["name"]].queue)
        for topic in TEMPLATE["topics"]
        for found in (broker.topics[topic["name"]],)
        for each in topic["subscriptions"]
    ]
    return queues + subscriptions


@pytest.mark.parametrize(("name", "told", "found"), entities(), ids=[name for name, _, _ in entities()])
def test_every_setting_of_an_entity_arrives(name: str, told: dict[str, Any], found: QueueSettings) -> None:
    meant = {place: in_python(told[word]) for word, place in PLACES.items() if word in told}
    assert {place: getattr(found, place) for place in meant} == meant, name
    assert (found.duplicate_window is not None) == told.get("requiresDuplicateDetection", False)


def test_the_broker_has_no_setting_that_a_template_cannot_name() -> None:
    assert {each.name for each in fields(QueueSettings)} == set(PLACES.values())


def test_topics_and_rules_arrive() -> None:
    topic = read_config(DEFAULT_CONFIG).topics["phone-events"]
    assert (topic.duplicate_window, set(topic.subscriptions)) == (timedelta(days=1), {"notifications", "audit"})
    assert topic.subscriptions["audit"].rules == {"everything": TrueFilter()}
    assert topic.subscriptions["notifications"].rules["held"] == CorrelationFilter(properties={"outcome": "held"})


def template(**properties: Any) -> str:
    return json.dumps({"queues": [{"name": "q", "properties": properties}], "topics": []})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (template(lockDuraton="PT1M"), "queue 'q': LockDuraton is not known here"),
        (template(lockDuration="PT6M"), "LockDuration is longer than the five minutes"),
        (template(forwardTo="nowhere"), "forwards to 'nowhere', which does not exist"),
        ('{"queues": [{"name": "q"}], "topics": []}', "no template of queues and topics"),
        ('{"queues": {}, "topics": [1]}', "no template of queues and topics"),
    ],
)
def test_what_is_wrong_with_a_template_is_said(text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_config(text)
    assert fault in str(raised.value)
