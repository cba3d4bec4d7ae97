"""A run's figures reach OpenTelemetry once, under names and units of its conventions."""

import re
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from shared.compliance.finding import ComplianceCode
from shared.compliance.summary import Summary
from shared.sweep_report.metrics import record, record_given_up
from tests.unit.sweep_report.examples import example


def recorded(*summaries: Summary) -> dict[str, Any]:
    """Gives the metrics by name, as an exporter gets them."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    for summary in summaries:
        record(summary, provider.get_meter("mfaphone.sweep"))
    data = reader.get_metrics_data()
    provider.shutdown()
    assert data
    (resource,) = data.resource_metrics
    (scope,) = resource.scope_metrics
    return {metric.name: metric for metric in scope.metrics}


def points(metric: Any) -> dict[tuple[tuple[str, Any], ...], Any]:
    return {tuple(sorted(point.attributes.items())): point for point in metric.data.data_points}


def test_every_rule_is_told_with_its_verdicts_and_zeros_as_well() -> None:
    summary = example(300).summary
    found = points(recorded(summary)["mfaphone.sweep.findings"])
    assert len(found) == 3 * len(ComplianceCode)
    (phone_only,) = [rule for rule in summary.rules if rule.code is ComplianceCode.PHONE_ONLY]
    key = (
        ("mfaphone.sweep.rule", "phone_only"),
        ("mfaphone.sweep.severity", "critical"),
        ("mfaphone.sweep.verdict", "violation"),
    )
    assert (found[key].count, found[key].max) == (1, phone_only.violations)


def test_the_figures_of_a_run_are_those_of_its_summary() -> None:
    summary = example(300).summary
    found = recorded(summary)
    complete = (("mfaphone.sweep.complete", True),)
    assert points(found["mfaphone.sweep.phone_only"])[complete].max == summary.phone_only
    assert points(found["mfaphone.sweep.known_share"])[complete].max == summary.coverage.share
    assert points(found["mfaphone.sweep.throttled"])[complete].value == 3
    assert points(found["mfaphone.sweep.duration"])[complete].sum == summary.effort.seconds
    people = {key: point.max for key, point in points(found["mfaphone.sweep.people"]).items()}
    assert sum(people.values()) == summary.coverage.people


def test_requests_of_several_runs_add_up_and_each_run_is_one_sample() -> None:
    first, second = example(300).summary, example(30).summary
    found = recorded(first, second)
    (calls,) = points(found["mfaphone.sweep.calls"]).values()
    efforts = [each.effort for each in (first, second)]
    assert calls.value == sum(each.report_pages + each.user_pages + each.method_reads for each in efforts)
    (phone_only,) = points(found["mfaphone.sweep.phone_only"]).values()
    assert (phone_only.count, phone_only.sum) == (2, first.phone_only + second.phone_only)


def test_names_and_units_are_those_of_the_conventions() -> None:
    found = recorded(example(30).summary)
    assert {name: metric.unit for name, metric in found.items()} == {
        "mfaphone.sweep.findings": "{finding}",
        "mfaphone.sweep.people": "{person}",
        "mfaphone.sweep.known_share": "1",
        "mfaphone.sweep.phone_only": "{person}",
        "mfaphone.sweep.calls": "{request}",
        "mfaphone.sweep.throttled": "{response}",
        "mfaphone.sweep.duration": "s",
        "mfaphone.sweep.runs": "{run}",
    }
    names = {name for metric in found.values() for key in points(metric) for name, _ in key}
    assert all(re.fullmatch(r"mfaphone\.(sweep\.)?[a-z_]+", name) for name in names)


def test_without_a_provider_recording_does_no_harm() -> None:
    record(example(3).summary)


def test_a_run_counts_as_complete_incomplete_or_given_up() -> None:
    complete = example(3).summary
    incomplete = complete.model_copy(update={"complete": False})
    (runs,) = points(recorded(complete)["mfaphone.sweep.runs"])
    assert runs == (("mfaphone.result", "complete"),)
    counted = points(recorded(complete, incomplete, incomplete)["mfaphone.sweep.runs"])
    assert {key[0][1]: point.value for key, point in counted.items()} == {"complete": 1, "incomplete": 2}


def test_without_a_provider_a_run_that_was_given_up_does_no_harm() -> None:
    record_given_up()
