"""The entities of the deployment fit the code that uses them, host.json and policy."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from local.stack import StackOptions, app_settings
from shared.notify.notice import HELD
from shared.outcome import Outcome
from shared.policy.load import load_policy
from shared.settings import Settings

ROOT = Path(__file__).parent.parent.parent
TEMPLATE = json.loads((ROOT / "bicep" / "service-bus.json").read_text(encoding="utf-8"))
QUEUES: dict[str, dict[str, Any]] = {each["name"]: each["properties"] for each in TEMPLATE["queues"]}
(TOPIC,) = TEMPLATE["topics"]
SUBSCRIPTIONS: dict[str, dict[str, Any]] = {each["name"]: each for each in TOPIC["subscriptions"]}
HOST = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))["extensions"]["serviceBus"]
LONGEST_IN_AZURE = timedelta(days=7)


def seconds(text: str) -> timedelta:
    return TypeAdapter(timedelta).validate_python(text)


def test_every_entity_that_the_app_names_is_there() -> None:
    names = {
        Settings.model_fields[field].default
        for field in ("request_queue", "parked_queue", "approval_queue", "sweep_queue")
    }
    assert names <= set(QUEUES)
    assert Settings.model_fields["event_topic"].default == TOPIC["name"]
    assert Settings.model_fields["notification_subscription"].default in SUBSCRIPTIONS


def test_every_entity_sets_what_else_would_be_a_silent_default() -> None:
    common = {
        "requiresSession", "lockDuration", "maxDeliveryCount", "defaultMessageTimeToLive",
        "deadLetteringOnMessageExpiration",
    }  # fmt: skip
    for name, told in QUEUES.items():
        assert common | {"requiresDuplicateDetection", "maxSizeInMegabytes", "enablePartitioning"} <= set(told), name
        assert told["requiresDuplicateDetection"] is ("duplicateDetectionHistoryTimeWindow" in told), name
    for name, each in SUBSCRIPTIONS.items():
        assert common <= set(each["properties"]), name
        assert each["rules"], f"{name} would get the default rule"


def test_requests_and_steps_come_in_sessions_and_nothing_else_does() -> None:
    assert {name for name, told in QUEUES.items() if told["requiresSession"]} == {"phone-changes", "sweep-pages"}


def test_the_request_queue_drops_no_repeat_because_a_repeat_with_other_content_must_be_refused() -> None:
    assert QUEUES["phone-changes"]["requiresDuplicateDetection"] is False


def test_copies_are_dropped_where_the_code_relies_on_it() -> None:
    for told in (QUEUES["phone-changes-parked"], QUEUES["sweep-pages"], TOPIC["properties"]):
        window = seconds(told["duplicateDetectionHistoryTimeWindow"])
        assert timedelta(minutes=10) <= window <= LONGEST_IN_AZURE


def test_a_request_expires_by_policy_and_not_by_the_queue() -> None:
    age = load_policy(ROOT / "policy.json").rules.request_age
    assert seconds(QUEUES["phone-changes"]["defaultMessageTimeToLive"]) > age.longest + age.clock_tolerance


def test_what_is_parked_is_kept_as_long_as_the_ledger() -> None:
    kept = seconds(QUEUES["phone-changes-parked"]["defaultMessageTimeToLive"])
    assert kept >= timedelta(days=Settings.model_fields["ledger_retention_days"].default)


def test_nothing_but_the_audit_copy_is_lost_when_its_time_is_over() -> None:
    silent = [name for name, told in QUEUES.items() if not told["deadLetteringOnMessageExpiration"]]
    silent += [n for n, each in SUBSCRIPTIONS.items() if not each["properties"]["deadLetteringOnMessageExpiration"]]
    assert silent == ["audit"]


def test_nothing_is_partitioned_because_order_rests_on_one_line_of_sequence_numbers() -> None:
    assert [told["enablePartitioning"] for told in (*QUEUES.values(), TOPIC["properties"])] == [False] * (
        len(QUEUES) + 1
    )


def test_a_lock_is_renewed_for_longer_than_it_lasts() -> None:
    hours, minutes, rest = map(int, HOST["maxAutoLockRenewalDuration"].split(":"))
    renewed = timedelta(hours=hours, minutes=minutes, seconds=rest)
    assert all(seconds(told["lockDuration"]) <= renewed for told in QUEUES.values())


def test_dead_requests_stay_where_their_function_takes_them_and_dead_events_go_to_a_queue() -> None:
    """A subscription's dead letters are counted nowhere by themselves."""
    assert [name for name, told in QUEUES.items() if "forwardDeadLetteredMessagesTo" in told] == []
    for each in SUBSCRIPTIONS.values():
        assert each["properties"]["forwardDeadLetteredMessagesTo"] in QUEUES


def test_the_notifications_are_those_that_the_function_can_tell() -> None:
    rules = SUBSCRIPTIONS["notifications"]["rules"]
    filtered = {rule["properties"]["correlationFilter"]["properties"]["outcome"] for rule in rules}
    assert {rule["name"] for rule in rules} == filtered
    assert filtered == {*Outcome, HELD}, "policy may name any of them"


def test_the_document_has_a_row_for_every_entity() -> None:
    text = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([a-z-]+(?:/[a-z-]+)?)` \|", text, re.MULTILINE))
    assert {*QUEUES, TOPIC["name"], *(f"{TOPIC['name']}/{name}" for name in SUBSCRIPTIONS)} <= rows


@pytest.mark.parametrize("setting", ["REQUEST_QUEUE", "PARKED_QUEUE", "APPROVAL_QUEUE", "SWEEP_QUEUE"])
def test_the_stack_on_this_machine_names_queues_of_the_deployment(setting: str) -> None:
    options = StackOptions(tenant=Path("tenant.json"), folder=Path())
    assert app_settings(options)[setting] in QUEUES
