"""What a broker runs with is told in the words of ARM, and can be read back as a template."""

import json
from datetime import timedelta

import pytest

from local.monitor.entities import entities_as_json
from local.servicebus.clock import ManualClock
from local.servicebus.config import DEFAULT_CONFIG, parse_config, read_config
from local.servicebus.entities.filters import CorrelationFilter, FalseFilter, TrueFilter
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.settings import NamespaceSettings, QueueSettings, SubscriptionSettings, TopicSettings

EVERYTHING = NamespaceSettings(
    {
        "plain": QueueSettings(timedelta(seconds=1.5), 7, timedelta(days=400, seconds=3)),
        "busy": QueueSettings(
            requires_session=True,
            duplicate_window=timedelta(minutes=10),
            dead_letter_on_expiration=True,
            forward_dead_letters_to="plain",
        ),
        "chained": QueueSettings(forward_to="plain"),
    },
    {
        "events": TopicSettings(
            timedelta(days=14),
            timedelta(hours=1),
            {
                "all": SubscriptionSettings(QueueSettings(), {"everything": TrueFilter(), "none": FalseFilter()}),
                "some": SubscriptionSettings(
                    QueueSettings(), {"one": CorrelationFilter(reply_to_session_id="s", properties={"outcome": "x"})}
                ),
            },
        )
    },
)


@pytest.mark.parametrize("settings", [EVERYTHING, read_config(DEFAULT_CONFIG)], ids=["everything", "deployed"])
def test_what_is_told_makes_the_same_broker_again(settings: NamespaceSettings) -> None:
    told = entities_as_json(Namespace(settings, ManualClock()))
    assert parse_config(json.dumps(told)) == settings


def test_a_duration_has_days_and_seconds_and_no_years() -> None:
    told = entities_as_json(Namespace(EVERYTHING, ManualClock()))["queues"][0]["properties"]
    assert (told["lockDuration"], told["defaultMessageTimeToLive"]) == ("PT1.5S", "P400DT3S")
