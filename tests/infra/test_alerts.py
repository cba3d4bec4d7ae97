"""Alerts, their queries, the template and the runbooks say the same, and what they name exists."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.infra.queries import BICEP, ROOT, RUNBOOKS

type Alert = dict[str, Any]

ALERTS: dict[str, list[Alert]] = json.loads((BICEP / "alerts.json").read_text(encoding="utf-8"))
EVERY = [alert for kind in ALERTS.values() for alert in kind]
PAGES = sorted(path for path in RUNBOOKS.glob("*.md") if path.name != "README.md")
TEMPLATE = (BICEP / "modules" / "alerts.bicep").read_text(encoding="utf-8")
HEADINGS = ["What it means", "Who is affected", "How to look", "What to do", "How to know it is over"]
# https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-log-alert-rule
_MINUTES = {"PT5M": 5, "PT10M": 10, "PT15M": 15, "PT30M": 30, "PT1H": 60, "PT2H": 120, "P1D": 1440, "P2D": 2880}
_BUS = json.loads((BICEP / "service-bus.json").read_text(encoding="utf-8"))
# The words of `python -m shared.approvals` are a contract's, too.
_HOLD_WORDS = (ROOT / "shared" / "messages" / "approval.py").read_text(encoding="utf-8")
_COMMAND = re.compile(r"python -m (shared\.\w+)(?: ([a-z]+))?")
each_alert = pytest.mark.parametrize("alert", EVERY, ids=lambda alert: alert["id"])
each_log_alert = pytest.mark.parametrize("alert", ALERTS["log"], ids=lambda alert: alert["id"])
each_page = pytest.mark.parametrize("page", [*PAGES, RUNBOOKS / "README.md"], ids=lambda page: page.stem)


def _query(alert: Alert) -> str:
    return (BICEP / "kql" / "alerts" / f"{alert['id']}.kql").read_text(encoding="utf-8")


def _page(alert: Alert) -> str:
    return (RUNBOOKS / f"{alert['id']}.md").read_text(encoding="utf-8")


def test_every_alert_has_an_id_of_its_own() -> None:
    ids = [alert["id"] for alert in EVERY]
    assert len(set(ids)) == len(ids)


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    assert [page.stem for page in PAGES] == sorted(alert["id"] for alert in EVERY)


def test_every_log_alert_has_a_query_in_the_template_and_every_query_an_alert() -> None:
    ids = [alert["id"] for alert in ALERTS["log"]]
    named = re.findall(r"^  '([\w-]+)': loadTextContent\('\.\./kql/alerts/([\w-]+)\.kql'\)$", TEMPLATE, re.MULTILINE)
    assert named == [(each, each) for each in ids]
    assert sorted(path.stem for path in (BICEP / "kql" / "alerts").iterdir()) == sorted(ids)


@each_alert
def test_a_runbook_has_the_alerts_title_and_severity_and_the_same_five_headings(alert: Alert) -> None:
    page = _page(alert)
    ends = "It ends by itself." if alert.get("autoMitigate") else "It stays until a person closes it."
    assert page.startswith(f"# {alert['title']}\n\nSeverity {alert['severity']}. {ends} Alert `{alert['id']}`.\n")
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == HEADINGS


@each_alert
def test_a_runbook_says_how_to_look_and_what_to_do(alert: Alert) -> None:
    look = _page(alert).partition("## How to look")[2].partition("## What to do")
    assert re.search(r"```(?:kql|sh)\n", look[0])
    assert re.search(r"^1\. ", look[2], re.MULTILINE)


@each_alert
def test_severity_is_one_of_azures_five(alert: Alert) -> None:
    assert alert["severity"] in range(5)


def test_the_index_lists_every_alert_with_its_severity_gravest_first() -> None:
    rows = re.findall(r"^\| (\d) \| \[([\w-]+)\]\(", (RUNBOOKS / "README.md").read_text("utf-8"), re.MULTILINE)
    assert rows == [
        (str(each["severity"]), each["id"]) for each in sorted(EVERY, key=lambda a: (a["severity"], a["id"]))
    ]


@each_page
def test_every_command_that_a_runbook_names_exists(page: Path) -> None:
    for module, word in _COMMAND.findall(page.read_text(encoding="utf-8")):
        found = importlib.util.find_spec(f"{module}.__main__")
        assert found is not None
        assert found.origin is not None
        source = Path(found.origin).read_text(encoding="utf-8")
        assert not word or f'"{word}"' in source + _HOLD_WORDS


@each_log_alert
def test_a_query_gives_one_number_called_value(alert: Alert) -> None:
    last = _query(alert).rstrip().splitlines()[-1]
    assert re.match(r"\| (?:summarize|project) Value = ", last)
    assert " by " not in last


@each_log_alert
def test_a_window_holds_at_least_one_look_and_both_are_ones_that_azure_takes(alert: Alert) -> None:
    assert _MINUTES[alert["window"]] >= _MINUTES[alert["frequency"]]


@each_log_alert
def test_an_alert_about_a_deed_counts_what_arrived_since_the_last_look_and_one_about_a_state_does_not(
    alert: Alert,
) -> None:
    # Five minutes more than the time between two looks: a deed that is told twice is the lesser evil.
    since = f"ingestion_time() > ago({_MINUTES[alert['frequency']] + 5}m)"
    assert (since in _query(alert)) is not alert["autoMitigate"]


def test_what_must_be_there_is_missed_by_a_number_below_and_not_by_an_empty_answer() -> None:
    absent = {alert["id"]: alert for alert in ALERTS["log"] if alert["operator"] == "LessThan"}
    assert {"heartbeat-missing", "sweep-missing", "reconcile-blind"} == set(absent)
    assert {alert["threshold"] for alert in absent.values()} == {1}
    assert not [each for each in absent.values() if re.search(r"summarize [^|]* by ", _query(each))]


@pytest.mark.parametrize("token", ["PIPELINE_PRINCIPALS", "IDENTITY_PRINCIPALS", "RESOURCE_GROUP"])
def test_what_a_query_leaves_open_the_template_puts_in(token: str) -> None:
    assert any(f'"{token}"' in _query(alert) for alert in ALERTS["log"])
    assert f"'{token}'" in TEMPLATE


def test_every_entity_that_a_metric_alert_watches_is_one_of_the_namespaces() -> None:
    known = {entity["name"] for entity in [*_BUS["queues"], *_BUS["topics"]]}
    dimensions = [each for alert in ALERTS["metric"] for each in alert["dimensions"] if each["name"] == "EntityName"]
    assert {value for each in dimensions for value in each["values"]} - {"*"} <= known


@pytest.mark.parametrize("kind", ["scheduledQueryRules", "metricAlerts", "activityLogAlerts"])
def test_every_rule_tells_its_runbook_and_the_one_action_group_and_can_be_switched_off(kind: str) -> None:
    rules = re.findall(rf"^resource \w+ 'Microsoft\.Insights/{kind}@.*?^\]", TEMPLATE, re.MULTILINE | re.DOTALL)
    assert rules
    for rule in rules:
        assert re.search(r"description: '.*\$\{runbooks\}/\$\{\w+(?:\.\w+)*\.id\}\.md'", rule) or ".id}.md'" in rule
        assert "actionGroup.id" in rule
        assert "enabled: enableAlerts && !contains(disabledAlerts, " in rule
    assert TEMPLATE.count("resource actionGroup ") == 1
    assert TEMPLATE.count("useCommonAlertSchema: true") == 2
