"""What is asked of the metrics API: the query's parameters, read and checked. Pure.

https://learn.microsoft.com/rest/api/monitor/metrics/list
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from local.monitor.refusals import RefusedError, bad_request
from local.servicebus.entities.traffic import Metric, minute_of

API_VERSION = "2023-10-01"
MINUTE = "PT1M"
# How many time series an answer has where the question does not say.
_SERIES = 10
_LONGEST = timedelta(days=30)
_FILTER = re.compile(r"\s*EntityName\s+eq\s+'(?P<name>[^']*)'\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that can be answered."""

    metrics: tuple[Metric, ...]
    since: datetime
    until: datetime
    # None: one series for all entities together. `*`: one for each. Else the name of one.
    entity: str | None
    most_series: int = _SERIES


def read_question(told: Mapping[str, str]) -> Question:
    """Reads the parameters. Raises RefusedError, also for what Azure knows and this does not."""
    version = told.get("api-version", "")
    if version != API_VERSION:
        message = f"The api-version '{version}' is not supported; use {API_VERSION}."
        raise RefusedError(400, "InvalidApiVersionParameter", message)
    for name, only in (("interval", MINUTE), ("aggregation", "Total")):
        if told.get(name, "").lower() != only.lower():
            message = f"{name} has to be {only} here."
            raise bad_request(message)
    since, until = _timespan(told.get("timespan", ""))
    return Question(
        _metrics(told.get("metricnames", "")), since, until, _entity(told.get("$filter")), _top(told.get("top"))
    )


def _metrics(text: str) -> tuple[Metric, ...]:
    known = {metric.lower(): metric for metric in Metric}
    names = [name.strip() for name in text.split(",")]
    if unknown := [name for name in names if name.lower() not in known]:
        message = (
            "Failed to find metric configuration for provider: Microsoft.ServiceBus, resource Type: namespaces, "
            f"metric: {unknown[0]}, Valid metrics: {','.join(Metric)}"
        )
        raise bad_request(message)
    return tuple(known[name.lower()] for name in names)


def _timespan(text: str) -> tuple[datetime, datetime]:
    first, _, last = text.partition("/")
    try:
        since, until = (datetime.fromisoformat(each) for each in (first, last))
        since, until = since.astimezone(UTC), until.astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"The timespan '{text}' is not start/end in ISO 8601."
        raise bad_request(message) from None
    if not since < until or until - since > _LONGEST:
        message = f"The timespan '{text}' has to be longer than nothing, and {_LONGEST.days} days at most."
        raise bad_request(message)
    return minute_of(since), until


def _entity(text: str | None) -> str | None:
    if text is None:
        return None
    found = _FILTER.fullmatch(text)
    if found is None:
        message = f"The filter '{text}' is not of the form EntityName eq 'name' or EntityName eq '*'."
        raise bad_request(message)
    return found["name"]


def _top(text: str | None) -> int:
    if text is None:
        return _SERIES
    if not text.isdecimal() or not int(text):
        message = f"top has to be a number above 0, and is '{text}'."
        raise bad_request(message)
    return int(text)
