"""A run reaches OpenTelemetry under the names of the contract, and says nothing about what it does not know."""

from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from shared.reconciliation.findings import Findings, Judged, Overdue
from shared.reconciliation.metrics import record, record_failed
from tests.fakes.clock import START

FIRST = Findings(START, (Judged("phone-changes", 0), Judged("phone-approvals")), Overdue(3, ("R-1",)))
SECOND = Findings(START, (Judged("phone-changes", 2), Judged("phone-approvals", 0)), Overdue())


def recorded(*runs: Findings | None) -> dict[str, dict[tuple[Any, ...], Any]]:
    """Gives values by metric and attributes."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    meter = provider.get_meter("mfaphone")
    for run in runs:
        if run is None:
            record_failed(meter)
        else:
            record(run, meter)
    data = reader.get_metrics_data()
    provider.shutdown()
    assert data
    metrics: Any = data.resource_metrics[0].scope_metrics[0].metrics
    return {m.name: {tuple((p.attributes or {}).items()): _figure(p) for p in m.data.data_points} for m in metrics}


def _figure(point: Any) -> Any:
    return point.value if hasattr(point, "value") else point.max


def test_zeros_are_told_as_well_and_what_is_not_known_is_no_zero() -> None:
    found = recorded(FIRST)
    assert found["mfaphone.reconcile.vanished"] == {(("messaging.destination.name", "phone-changes"),): 0}
    assert found["mfaphone.reconcile.overdue"] == {(): 3}


def test_runs_are_counted_by_what_they_came_to() -> None:
    found = recorded(FIRST, SECOND, SECOND, None)
    assert found["mfaphone.reconcile.runs"] == {
        (("mfaphone.result", "overdue"),): 1,
        (("mfaphone.result", "vanished"),): 2,
        (("mfaphone.result", "unknown"),): 1,
    }
    assert found["mfaphone.reconcile.vanished"][("messaging.destination.name", "phone-changes"),] == 2
