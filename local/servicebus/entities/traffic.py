"""What Azure Monitor counts of an entity: how many messages came in and were completed, minute by minute."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from local.servicebus.clock import Clock


class Metric(StrEnum):
    """The metrics that are counted, by their names in the REST API.

    https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-servicebus-namespaces-metrics
    """

    INCOMING = "IncomingMessages"
    COMPLETED = "CompleteMessage"


class Traffic:
    """The counts of one queue or topic. Subscriptions count with their topic, dead letters with their queue."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[Metric, Counter[datetime]] = {metric: Counter() for metric in Metric}

    def note(self, metric: Metric, count: int = 1, at: datetime | None = None) -> None:
        """Counts messages, now or in another minute."""
        self._counts[metric][minute_of(at or self._clock.now())] += count

    def totals(self, metric: Metric, since: datetime, until: datetime) -> Mapping[datetime, int]:
        """Gives the minutes in which something was counted, from one moment to before another."""
        return {minute: count for minute, count in self._counts[metric].items() if since <= minute < until}


def minute_of(when: datetime) -> datetime:
    """Gives the full minute that a moment lies in."""
    return when.replace(second=0, microsecond=0)
