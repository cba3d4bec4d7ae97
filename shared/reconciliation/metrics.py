"""A run's findings as OpenTelemetry metrics; those of a run that found nothing as well, with zeros."""

from dataclasses import dataclass
from functools import cache
from typing import Self

from opentelemetry.metrics import Counter, Meter, get_meter
from opentelemetry.metrics import _Gauge as Gauge

from shared.reconciliation.findings import Findings, Result
from shared.telemetry import names


@dataclass(frozen=True, slots=True)
class _Instruments:
    vanished: Gauge
    overdue: Gauge
    runs: Counter

    @classmethod
    def of(cls, meter: Meter) -> Self:
        return cls(
            vanished=meter.create_gauge(
                names.RECONCILE_VANISHED, "{message}", "Messages that left the queue and no function saw."
            ),
            overdue=meter.create_gauge(
                names.RECONCILE_OVERDUE, "{request}", "Accepted requests past their end without an outcome."
            ),
            runs=meter.create_counter(names.RECONCILE_RUNS, "{run}", "Reconciliations, by what they came to."),
        )


_instruments = cache(_Instruments.of)


def record(found: Findings, meter: Meter | None = None) -> None:
    """Records a run; of a queue about which nothing is known there is no figure, a zero would be a claim."""
    with_it = _instruments(meter or get_meter(names.SCOPE))
    for judged in found.judged:
        if judged.vanished is not None:
            with_it.vanished.set(judged.vanished, {names.MESSAGING_DESTINATION: judged.destination})
    with_it.overdue.set(found.overdue.requests)
    with_it.runs.add(1, {names.RESULT: found.result.value})


def record_failed(meter: Meter | None = None) -> None:
    """Records a run that could not even read the storage."""
    _instruments(meter or get_meter(names.SCOPE)).runs.add(1, {names.RESULT: Result.UNKNOWN.value})
