"""A run's figures as OpenTelemetry metrics, one sample a run.

Histograms, because a gauge is exported again every minute, by every instance that ever set it. Names, units and
attributes follow https://opentelemetry.io/docs/specs/semconv/general/naming.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Self

from opentelemetry.metrics import Counter, Histogram, Meter, get_meter

from shared.compliance.summary import RuleCount, Summary
from shared.telemetry.names import RESULT, SWEEP_RUNS

_METER = "mfaphone.sweep"
RULE = "mfaphone.sweep.rule"
VERDICT = "mfaphone.sweep.verdict"
SEVERITY = "mfaphone.sweep.severity"
STATE = "mfaphone.sweep.state"
COMPLETE = "mfaphone.sweep.complete"


@dataclass(frozen=True, slots=True)
class _Instruments:
    findings: Histogram
    people: Histogram
    known_share: Histogram
    phone_only: Histogram
    calls: Counter
    throttled: Counter
    duration: Histogram
    runs: Counter

    @classmethod
    def of(cls, meter: Meter) -> Self:
        return cls(
            findings=meter.create_histogram(
                f"{_METER}.findings", "{finding}", "Answers of the last run, but compliant ones."
            ),
            people=meter.create_histogram(f"{_METER}.people", "{person}", "People whom the last run checked."),
            known_share=meter.create_histogram(
                f"{_METER}.known_share", "1", "Share of people whose methods are known."
            ),
            phone_only=meter.create_histogram(
                f"{_METER}.phone_only", "{person}", "People whose only method is a phone."
            ),
            calls=meter.create_counter(f"{_METER}.calls", "{request}", "Requests to Microsoft Graph that runs made."),
            throttled=meter.create_counter(
                f"{_METER}.throttled", "{response}", "Answers that asked for fewer requests."
            ),
            duration=meter.create_histogram(f"{_METER}.duration", "s", "How long runs took."),
            runs=meter.create_counter(SWEEP_RUNS, "{run}", "Runs that ended, by how: complete, incomplete, given_up."),
        )


_instruments = cache(_Instruments.of)


def record(summary: Summary, meter: Meter | None = None) -> None:
    """Records a run that has finished; by default with the process's meter."""
    with_it = _instruments(meter or get_meter(_METER))
    run = {COMPLETE: summary.complete}
    for rule in summary.rules:
        for verdict, count in _answers(rule):
            with_it.findings.record(count, {RULE: rule.code.value, VERDICT: verdict, SEVERITY: rule.severity.value})
    coverage, effort = summary.coverage, summary.effort
    with_it.people.record(coverage.enabled, {STATE: "enabled", **run})
    with_it.people.record(coverage.people - coverage.enabled, {STATE: "disabled", **run})
    with_it.known_share.record(coverage.share, run)
    with_it.phone_only.record(summary.phone_only, run)
    with_it.calls.add(effort.report_pages + effort.user_pages + effort.method_reads, run)
    with_it.throttled.add(effort.throttled, run)
    with_it.duration.record(effort.seconds, run)
    with_it.runs.add(1, {RESULT: "complete" if summary.complete else "incomplete"})


def record_given_up(meter: Meter | None = None) -> None:
    """Records a run that came to no end."""
    _instruments(meter or get_meter(_METER)).runs.add(1, {RESULT: "given_up"})


def _answers(rule: RuleCount) -> Iterator[tuple[str, int]]:
    """Gives zeros as well: an alert on a figure that is missing never ends."""
    yield "violation", rule.violations
    yield "excused", rule.excused
    yield "unknown", rule.unknown
