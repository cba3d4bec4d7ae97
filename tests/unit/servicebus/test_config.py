"""Config.json is read as the emulator reads it, and everything that is wrong with it is said at once."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.servicebus.config import DEFAULT_CONFIG, ConfigError, parse_config, read_config
from local.servicebus.entities.filters import CorrelationFilter, FalseFilter, TrueFilter
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
        {"Name": "three", "Properties": {"FilterType": "Sql", "SqlFilter": {"SqlExpression": "FALSE"}}},
    )
    assert parse_config(json.dumps(told)).topics["t"].subscriptions["s"].rules == {
        "one": CorrelationFilter(
            label="l", content_type="c", session_id="s", properties={"outcome": "changed", "n": 5}
        ),
        "two": TrueFilter(),
        "three": FalseFilter(),
    }


def test_the_config_of_this_product_is_read() -> None:
    settings = read_config(DEFAULT_CONFIG)
    assert settings.queues["phone-changes"].requires_session
    assert set(settings.topics["phone-events"].subscriptions) == {"notifications", "audit"}


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (config(Queues=[queue(LockDuraton="PT1M")]), "queue 'q': LockDuraton is not known here."),
        (config(Queues=[queue(LockDuration="1 minute")]), "queue 'q': LockDuration is no duration like"),
        (config(Queues=[queue(LockDuration="PT")]), "queue 'q': LockDuration is no duration like"),
        (config(Queues=[queue(LockDuration=60)]), "queue 'q': LockDuration is no duration like"),
        (config(Queues=[queue(LockDuration="PT6M")]), "LockDuration is longer than the five minutes"),
        (
            config(Queues=[queue(DefaultMessageTimeToLive="PT0S")]),
            "DefaultMessageTimeToLive has to be longer than nothing",
        ),
        (
            config(Queues=[queue(MaxDeliveryCount=0)]),
            "queue 'q': MaxDeliveryCount has to be greater than or equal to 1.",
        ),
        (config(Queues=[queue(RequiresSession="perhaps")]), "queue 'q': RequiresSession has to be true or false."),
        (config(Queues=[queue(RequiresSession="true")]), "queue 'q': RequiresSession has to be true or false."),
        (config(Queues=[queue(MaxDeliveryCount="5")]), "queue 'q': MaxDeliveryCount has to be a whole number."),
        (config(Queues=[queue(ForwardTo=None)]), "queue 'q': ForwardTo has to be a text."),
        (config(Queues=["q"]), "Queues[0] has to be an object in braces."),
        (config(Queues={}), "Queues has to be a list."),
        (config(Queues=[{"Properties": {}}]), "Queues[0].Name is missing."),
        (config(Queues=[queue("-q")]), "queue '-q': Name has letters, digits and - _ . / in it"),
        (config(Queues=[queue("q" * 300)]), "Name has 260 characters at most."),
        (config(Queues=[queue("t/Subscriptions/s")]), "queue 't/Subscriptions/s': Name is the path of a subscription."),
        (config(Queues=[queue(), queue("Q")]), "the name 'Q' is used twice for a queue or topic"),
        (config(Queues=[queue()], Topics=[{"Name": "q"}]), "the name 'q' is used twice"),
        (config(Topics=[{"Name": "t", "Subscriptions": [{"Name": "s"}, {"Name": "s"}]}]), "twice for a subscription"),
        (subscribed(rule(FilterType="Sql", SqlFilter={"SqlExpression": "1=1"}), rule()), "twice for a rule of s"),
        (
            subscribed(rule(FilterType="Sql", SqlFilter={"SqlExpression": "a > 5"})),
            "topic 't', subscription 's', rule 'r': it has an SQL filter",
        ),
        (subscribed(rule(FilterType="Sql")), "topic 't', subscription 's', rule 'r': it has an SQL filter"),
        (
            subscribed(rule(FilterType="Correlation")),
            "rule 'r': it is of the type Correlation and needs a CorrelationFilter",
        ),
        (
            subscribed(rule(FilterType="Correlation", CorrelationFilter={})),
            "rule 'r': CorrelationFilter has to name at least one property.",
        ),
        (subscribed(rule(FilterType="Other")), "rule 'r': FilterType has to be 'Correlation' or 'Sql'."),
        (
            subscribed(rule(FilterType="Correlation", CorrelationFilter={"To": "x"}, Action={"SqlExpression": "x"})),
            "rule 'r': it has an action, which is not supported.",
        ),
        (config(Queues=[queue(ForwardTo="nowhere")]), "queue 'q' forwards to 'nowhere', which does not exist"),
        (config(Queues=[queue(ForwardTo="Q")]), "messages of 'q' would be forwarded in a circle"),
        (
            config(Queues=[queue(ForwardTo="p"), queue("p", ForwardTo="q")]),
            "messages of 'q' and 'p' would be forwarded in a circle.",
        ),
        (config(Queues=[queue(ForwardTo="p", RequiresSession=True), queue("p")]), "requires sessions and cannot"),
        (
            subscribed(rule(FilterType="Correlation", CorrelationFilter={"Properties": {"a": [1]}})),
            "rule 'r': CorrelationFilter.Properties.a has to be a text, a number, true or false.",
        ),
        (
            config(Topics=[{"Name": "t", "Subscriptions": [{"Name": "s", "Properties": {"LockDuration": "x"}}]}]),
            "topic 't', subscription 's': LockDuration is no duration like PT30S, PT1M or P1D.",
        ),
        ({"UserConfig": {"Namespaces": []}}, "UserConfig.Namespaces[0] is missing."),
        (
            {"UserConfig": {"Namespaces": [config(), config()]}},
            "UserConfig.Namespaces has to be a list of exactly one namespace.",
        ),
        ({}, "UserConfig is missing."),
    ],
)
def test_a_fault_is_named_with_its_place(told: dict[str, Any], fault: str) -> None:
    message = fault_of(told)
    assert fault in message
    # Of a name that is used twice the second one is at fault, and there may be more to say about it.
    assert len(message.splitlines()) == 1 or "twice" in fault


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


def test_a_fault_behind_a_comment_is_told_with_its_line_in_the_file() -> None:
    with pytest.raises(ConfigError, match="in line 4, column 1"):
        parse_config("{/* one\ntwo */ // three\n\n!")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 100_000, "maximum recursion depth"),
        (f'{{"a": {"9" * 5_000}}}', "Exceeds the limit"),
        ('{"UserConfig": {"Logging": {}, "Logging": {}}}', "'Logging' is written twice in one object."),
    ],
)
def test_what_json_would_choke_on_or_swallow_is_one_sentence(text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as raised:
        parse_config(text)
    assert len(str(raised.value).splitlines()) == 1


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
