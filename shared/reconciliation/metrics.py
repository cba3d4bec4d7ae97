"""A run's findings as OpenTelemetry metrics; those of a run that found nothing as well, with zeros.

Histograms, because each run is one sample: a gauge is exported again every minute, by every instance that ever set it.
"""

from dataclasses import dataclass
from functools import cache
from typing import Self

from opentelemetry.metrics import Counter, Histogram, Meter, get_meter

from shared.reconciliation.findings import Findings, Result
from shared.telemetry import names


@dataclass(frozen=True, slots=True)
class _Instruments:
    vanished: Histogram
    overdue: Histogram
    runs: Counter

    @classmethod
    def of(cls, meter: Meter) -> Self:
        return cls(
            vanished=meter.create_histogram(
                names.RECONCILE_VANISHED, "{message}", "Messages that left the queue and no function saw."
            ),
            overdue=meter.create_histogram(
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
            with_it.vanished.record(judged.vanished, {names.MESSAGING_DESTINATION: judged.destination})
    with_it.overdue.record(found.overdue.requests)
    with_it.runs.add(1, {names.RESULT: found.result.value})


def record_failed(meter: Meter | None = None) -> None:
    """Records a run that could not even read the storage."""
    _instruments(meter or get_meter(names.SCOPE)).runs.add(1, {names.RESULT: Result.UNKNOWN.value})
