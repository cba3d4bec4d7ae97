"""The function app as the host sees it."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.change.parts import ChangeOptions
from shared.settings import Settings
from shared.sweep.parts import STEP_BUDGET
from tests.unit.test_settings import GOOD

ROOT = Path(__file__).parent.parent.parent
INDEX = """
import json, function_app
found = {f.get_function_name(): f.get_trigger().get_dict_repr() for f in function_app.app.get_functions()}
print(json.dumps(found, default=str))
"""


def indexed(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-c", INDEX], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def triggers() -> dict[str, dict[str, Any]]:
    answer = indexed(dict(GOOD))
    assert answer.returncode == 0, answer.stderr
    found: dict[str, dict[str, Any]] = json.loads(answer.stdout)
    return found


def test_these_functions_exist_and_no_other(triggers: dict[str, dict[str, Any]]) -> None:
    assert {name: trigger["type"] for name, trigger in triggers.items()} == {
        "process_change": "serviceBusTrigger",
        "decide_hold": "serviceBusTrigger",
        "notify_user": "serviceBusTrigger",
        "drain_dead_letters": "serviceBusTrigger",
        "dispatch_outbox": "timerTrigger",
        "purge_ledger": "timerTrigger",
        "report_exceptions": "timerTrigger",
        "sweep_start": "timerTrigger",
        "sweep_resume": "timerTrigger",
        "sweep_page": "serviceBusTrigger",
        "reconcile": "timerTrigger",
    }


def test_requests_come_in_sessions_and_dead_letters_do_not(triggers: dict[str, dict[str, Any]]) -> None:
    """A dead-letter queue has no sessions, whatever its queue has."""
    assert triggers["process_change"]["isSessionsEnabled"] is True
    assert triggers["drain_dead_letters"]["isSessionsEnabled"] is False
    assert triggers["drain_dead_letters"]["queueName"] == "%REQUEST_QUEUE%/$deadletterqueue"


def test_the_steps_of_a_chain_come_one_after_the_other(triggers: dict[str, dict[str, Any]]) -> None:
    assert triggers["sweep_page"]["isSessionsEnabled"] is True
    assert triggers["sweep_page"]["queueName"] == "%SWEEP_QUEUE%"


def test_a_request_comes_as_the_bytes_that_were_sent(triggers: dict[str, dict[str, Any]]) -> None:
    """As text the host would replace what is not UTF-8, and the parked body would not be intact."""
    assert "BINARY" in str(triggers["process_change"]["dataType"])
    assert "BINARY" in str(triggers["drain_dead_letters"]["dataType"])
    assert "BINARY" in str(triggers["decide_hold"]["dataType"])


def test_every_name_in_a_trigger_is_a_setting(triggers: dict[str, dict[str, Any]]) -> None:
    names = {
        part for trigger in triggers.values() for text in map(str, trigger.values()) for part in text.split("%")[1::2]
    }
    assert names == {name for name in names if name.lower() in Settings.model_fields}


def test_a_badly_set_up_app_does_not_start_and_says_why() -> None:
    answer = indexed({})
    assert answer.returncode != 0
    assert "MAIL_SENDER" in answer.stderr


def test_a_bad_policy_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text('{"version": "1"}', encoding="utf-8")
    answer = indexed({**GOOD, "POLICY_PATH": str(tmp_path / "policy.json")})
    assert answer.returncode != 0
    assert "numberTypes: Field required" in answer.stderr


def duration(text: str) -> timedelta:
    hours, minutes, seconds = map(int, text.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def test_the_time_of_one_delivery_fits_the_lock_and_the_function_timeout_with_a_margin() -> None:
    host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    renewal = duration(host["extensions"]["serviceBus"]["maxAutoLockRenewalDuration"])
    budget = timedelta(seconds=Settings.model_fields["process_budget_seconds"].default)
    margin = timedelta(seconds=30)
    assert budget + margin <= renewal <= duration(host["functionTimeout"])
    assert ChangeOptions("/x", (b"",)).process_budget == budget
    assert STEP_BUDGET + margin <= renewal
