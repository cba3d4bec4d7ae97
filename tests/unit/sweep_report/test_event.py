"""The event of a finished run: small, without names, and the same for every copy."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import validate

from shared.compliance.finding import ComplianceCode
from shared.messages.completion_event import CompletionEvent
from shared.messages.sweep_event import sweep_finished_event
from tests.unit.sweep_report.examples import Example, example

ROOT = Path(__file__).parent.parent.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "sweep-event-1.0.json"
URL = "https://reports.contoso.example/sweep-reports/20261126T0100Z/report.html"


def event(told: Example) -> CompletionEvent:
    return sweep_finished_event(told.summary, URL, "/mfa-phone-change")


def data(told: Example) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event(told).body)["data"]
    return found


def test_the_event_is_the_golden_one_of_schema_1_0() -> None:
    assert json.loads(event(example(30)).body) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_its_properties_name_the_run_and_the_gravest_code() -> None:
    found = event(example(30))
    assert found.message_id == "sweep:20261126T0100Z"
    assert found.application_properties == {"outcome": "sweep_finished", "code": "phone_only"}
    assert event(example(0)).code == "complete"
    assert event(example(0, complete=False)).code == "incomplete"


def test_copies_are_the_same_to_the_byte() -> None:
    assert event(example(30)) == event(example(30))


@pytest.mark.parametrize("count", [0, 30, 3000])
def test_the_event_fits_its_published_schema(count: int) -> None:
    schema = json.loads((ROOT / "docs" / "schemas" / "sweep-event.schema.json").read_text(encoding="utf-8"))
    validate(json.loads(event(example(count)).body), schema)


def test_the_event_stays_small_whatever_the_run_has_to_say() -> None:
    many = example(3000, complete=False, incomplete_because=("x" * 10_000,) * 500, remarks=("ü" * 10_000,) * 500)
    assert len(event(many).body.encode()) < 64 * 1024


def test_the_event_names_nobody() -> None:
    told = example(300)
    body = event(told).body
    assert [each for each in told.findings if each.user_id and each.user_id in body] == []
    assert "@" not in body
    assert "Field service" not in body


def test_counts_of_rules_and_their_sums_are_those_of_the_summary() -> None:
    told = example(300)
    found = data(told)
    assert {rule["code"] for rule in found["rules"]} == set(ComplianceCode)
    assert found["violations"] == sum(rule["violations"] for rule in found["rules"])
    assert found["phoneOnly"] == told.summary.phone_only
    assert found["telephony"] == {"mode": "microsoft", "retiresOn": "2027-02-01", "daysLeft": 67}
