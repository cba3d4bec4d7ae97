"""Config.json is read as the emulator reads it, and everything that is wrong with it is said at once."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.servicebus.config import DEFAULT_CONFIG, ConfigError, parse_config, read_config
from local.servicebus.entities.filters import CorrelationFilter, TrueFilter
from local.servicebus.entities.settings import QueueSettings


def config(**namespace: Any) -> dict[str, Any]:
    whole = {"Name": "sbemulatorns", "Queues": [], "Topics": [], **namespace}
    return {"UserConfig": {"Namespaces": [whole], "Logging": {"Type": "File"}}}


def queue(name: str = "q", **properties: Any) -> dict[str, Any]:
    return {"Name": name, "Properties": properties}


def subscribed(*rules: dict[str, Any]) -> dict[str, Any]:
    return config(Topics=[{"Name": "t", "Properties": {}, "Subscriptions": [{"Name": "s", "Rules": list(rules)}]}])


def rule(**properties: Any) -> dict[str, Any]:
    return {"Name": "r", "Properties": properties}


def fault_of(told: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as raised:
        parse_config(json.dumps(told))
    return str(raised.value)


def test_what_a_queue_does_not_say_is_as_in_the_emulator() -> None:
    settings = parse_config(json.dumps(config(Queues=[{"Name": "q"}])))
    assert settings.queues["q"] == QueueSettings(
        lock_duration=timedelta(minutes=1),
        max_delivery_count=3,
        default_time_to_live=timedelta(hours=1),
        dead_letter_on_expiration=False,
        requires_session=False,
        duplicate_window=None,
    )


def test_everything_that_a_queue_may_say_is_heard() -> None:
    told = queue(
        DeadLetteringOnMessageExpiration=True,
        DefaultMessageTimeToLive="PT10M",
        DuplicateDetectionHistoryTimeWindow="PT30S",
        ForwardDeadLetteredMessagesTo="other",
        ForwardTo="",
        LockDuration="PT5S",
        MaxDeliveryCount=10,
        RequiresDuplicateDetection=True,
        RequiresSession=True,
    )
    assert parse_config(json.dumps(config(Queues=[told, queue("other")]))).queues["q"] == QueueSettings(
        lock_duration=timedelta(seconds=5),
        max_delivery_count=10,
        default_time_to_live=timedelta(minutes=10),
        dead_letter_on_expiration=True,
        requires_session=True,
        duplicate_window=timedelta(seconds=30),
        forward_to=None,
        forward_dead_letters_to="other",
    )


def test_values_that_only_the_emulator_s_quotas_forbid_are_taken() -> None:
    told = queue(LockDuration="PT0.5S", MaxDeliveryCount=500, DefaultMessageTimeToLive="P14D")
    settings = parse_config(json.dumps(config(Queues=[told]))).queues["q"]
    assert (settings.lock_duration, settings.max_delivery_count) == (timedelta(seconds=0.5), 500)


def test_comments_are_left_out_and_what_looks_like_one_in_a_text_is_not() -> None:
    told = """{ // the emulator's own file has such comments
      "UserConfig": {"Namespaces": [{"Name": "n", /* and
        such */ "Queues": [{"Name": "a//b"}], "Topics": []}], "Logging": {"Type": "Console"}}}"""
    assert set(parse_config(told).queues) == {"a//b"}


def test_filters_are_read() -> None:
    wanted = {"Label": "l", "ContentType": "c", "SessionId": "s", "Properties": {"outcome": "changed", "n": 5}}
    told = subscribed(
        {"Name": "one", "Properties": {"FilterType": "Correlation", "CorrelationFilter": wanted}},
        {"Name": "two", "Properties": {"FilterType": "Sql", "SqlFilter": {"SqlExpression": "1 = 1"}}},
    )
    assert parse_config(json.dumps(told)).topics["t"].subscriptions["s"].rules == {
        "one": CorrelationFilter(
            label="l", content_type="c", session_id="s", properties={"outcome": "changed", "n": 5}
        ),
        "two": TrueFilter(),
    }


def test_the_config_of_this_product_is_read() -> None:
    settings = read_config(DEFAULT_CONFIG)
    assert settings.queues["phone-changes"].requires_session
    assert set(settings.topics["phone-events"].subscriptions) == {"notifications", "audit"}


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (config(Queues=[queue(LockDuraton="PT1M")]), "Queues[0].Properties.LockDuraton: is not known here"),
        (config(Queues=[queue(LockDuration="1 minute")]), "Queues[0].Properties.LockDuration: a duration is written"),
        (config(Queues=[queue(LockDuration="PT")]), "Queues[0].Properties.LockDuration: "),
        (config(Queues=[queue(LockDuration=60)]), "Queues[0].Properties.LockDuration: a duration is written"),
        (config(Queues=[queue(LockDuration="PT6M")]), "a lock lasts five minutes at most"),
        (config(Queues=[queue(DefaultMessageTimeToLive="PT0S")]), "longer than nothing"),
        (config(Queues=[queue(MaxDeliveryCount=0)]), "Queues[0].Properties.MaxDeliveryCount: "),
        (config(Queues=[queue(RequiresSession="perhaps")]), "Queues[0].Properties.RequiresSession: "),
        (config(Queues=[{"Properties": {}}]), "Queues[0].Name: is missing"),
        (config(Queues=[queue("-q")]), "Queues[0].Name: "),
        (config(Queues=[queue(), queue("Q")]), "the name 'Q' is used twice for a queue or topic"),
        (config(Queues=[queue()], Topics=[{"Name": "q"}]), "the name 'q' is used twice"),
        (config(Topics=[{"Name": "t", "Subscriptions": [{"Name": "s"}, {"Name": "s"}]}]), "twice for a subscription"),
        (subscribed(rule(FilterType="Sql", SqlFilter={"SqlExpression": "1=1"}), rule()), "twice for a rule of s"),
        (subscribed(rule(FilterType="Sql", SqlFilter={"SqlExpression": "a > 5"})), "SQL filters are not supported"),
        (subscribed(rule(FilterType="Sql")), "SQL filters are not supported"),
        (subscribed(rule(FilterType="Correlation")), "needs a CorrelationFilter"),
        (subscribed(rule(FilterType="Correlation", CorrelationFilter={})), "has to name at least one property"),
        (subscribed(rule(FilterType="Other")), "Rules[0].Properties.FilterType: "),
        (
            subscribed(rule(FilterType="Correlation", CorrelationFilter={"To": "x"}, Action={"SqlExpression": "x"})),
            "actions are not supported",
        ),
        (config(Queues=[queue(ForwardTo="nowhere")]), "queue 'q' forwards to 'nowhere', which does not exist"),
        (config(Queues=[queue(ForwardTo="Q")]), "messages of 'q' would be forwarded in a circle"),
        (config(Queues=[queue(ForwardTo="p"), queue("p", ForwardTo="q")]), "messages of 'p' would be forwarded in a"),
        (config(Queues=[queue(ForwardTo="p", RequiresSession=True), queue("p")]), "requires sessions and cannot"),
        ({"UserConfig": {"Namespaces": []}}, "UserConfig.Namespaces"),
        ({"UserConfig": {"Namespaces": [config(), config()]}}, "UserConfig.Namespaces"),
        ({}, "UserConfig: is missing"),
    ],
)
def test_a_fault_is_named_with_its_place(told: dict[str, Any], fault: str) -> None:
    assert fault in fault_of(told)


def test_all_faults_are_listed_in_one_message() -> None:
    told = config(Queues=[queue(LockDuration="soon", Unknown=1), queue("Q", MaxDeliveryCount="many")])
    lines = fault_of(told).splitlines()
    assert lines[0] == "The configuration cannot be used:"
    assert len(lines) == 5
    assert all(line.startswith("- ") for line in lines[1:])


@pytest.mark.parametrize("text", ["[]", "null", '"x"', '{"UserConfig": {"Namespaces": 5}}'])
def test_json_of_another_shape_is_a_fault_and_no_crash(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_config(text)


def test_what_is_no_json_is_named_with_its_place() -> None:
    with pytest.raises(ConfigError, match=r"is no JSON: .* in line 2, column "):
        parse_config('{\n"UserConfig": }')


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (Path.exists, "No such file"),
        (Path.mkdir, "directory"),
        (lambda path: path.write_bytes(b"\xff\xfe\xfa"), "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, make: Callable[[Path], object], reason: str) -> None:
    path = tmp_path / "Config.json"
    make(path)
    with pytest.raises(ConfigError) as raised:
        read_config(path)
    assert str(path) in str(raised.value)
    assert reason in str(raised.value)
