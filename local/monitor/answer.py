"""The answer of the metrics API, in the shape of Microsoft's own examples. Pure.

https://learn.microsoft.com/rest/api/monitor/metrics/list#response
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from local.monitor.question import MINUTE, Question
from local.servicebus.entities.traffic import Metric, Traffic

type Series = dict[str, Any]

_NAMES = {Metric.INCOMING: "Incoming Messages", Metric.COMPLETED: "Completed Messages"}
_DESCRIPTIONS = {
    Metric.INCOMING: "Incoming Messages for Microsoft.ServiceBus.",
    Metric.COMPLETED: "Count of messages completed on a Queue/Topic.",
}
# Azure Monitor writes the dimension in lower case, whatever the question had.
_DIMENSION = {"value": "entityname", "localizedValue": "entityname"}
_A_MINUTE = timedelta(minutes=1)


def answer(question: Question, resource_id: str, traffic: Mapping[str, Traffic], now: datetime) -> dict[str, Any]:
    """Answers a question from the counts of the entities; minutes that have not begun are left out."""
    until = min(question.until, now)
    return {
        "cost": 0,
        "timespan": f"{_text(question.since)}/{_text(question.until)}",
        "interval": MINUTE,
        "value": [
            {
                "id": f"{resource_id}/providers/Microsoft.Insights/metrics/{metric}",
                "type": "Microsoft.Insights/metrics",
                "name": {"value": metric.value, "localizedValue": _NAMES[metric]},
                "displayDescription": _DESCRIPTIONS[metric],
                "unit": "Count",
                "timeseries": list(_series(question, metric, traffic, until)),
                "errorCode": "Success",
            }
            for metric in question.metrics
        ],
        "namespace": "Microsoft.ServiceBus/namespaces",
        "resourceregion": "local",
    }


def _series(question: Question, metric: Metric, traffic: Mapping[str, Traffic], until: datetime) -> Iterator[Series]:
    """Gives one series without a filter; with one, those of the entities in which something was counted."""
    counts = {name: each.totals(metric, question.since, until) for name, each in traffic.items()}
    if question.entity is None:
        together: Counter[datetime] = Counter()
        for count in counts.values():
            together.update(count)
        yield {"metadatavalues": [], "data": _points(together, question.since, until)}
        return
    found = [name for name, count in counts.items() if count and question.entity.lower() in {"*", name.lower()}]
    for name in found[: question.most_series]:
        of_whom = [{"name": _DIMENSION, "value": name}]
        yield {"metadatavalues": of_whom, "data": _points(counts[name], question.since, until)}


def _points(counts: Mapping[datetime, int], since: datetime, until: datetime) -> list[dict[str, Any]]:
    minutes = max(0, -((since - until) // _A_MINUTE))
    times = (since + number * _A_MINUTE for number in range(minutes))
    return [{"timeStamp": _text(minute), "total": float(counts.get(minute, 0))} for minute in times]


def _text(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
