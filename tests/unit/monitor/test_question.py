"""A question to the metrics API is read as Azure reads it, and what cannot be answered is refused with a reason."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.monitor.question import Question, read_question
from local.monitor.refusals import RefusedError
from local.servicebus.entities.traffic import Metric

PLAIN = {
    "api-version": "2023-10-01",
    "metricnames": "IncomingMessages,CompleteMessage",
    "timespan": "2026-11-26T10:00:00Z/2026-11-26T10:15:00Z",
    "interval": "PT1M",
    "aggregation": "Total",
    "$filter": "EntityName eq '*'",
}
SINCE, UNTIL = datetime(2026, 11, 26, 10, 0, tzinfo=UTC), datetime(2026, 11, 26, 10, 15, tzinfo=UTC)


def test_every_parameter_is_heard() -> None:
    assert read_question(PLAIN) == Question((Metric.INCOMING, Metric.COMPLETED), SINCE, UNTIL, "*")
    told = {**PLAIN, "metricnames": "completemessage", "$filter": "entityname eq 'phone-changes'", "top": "3"}
    assert read_question(told) == Question((Metric.COMPLETED,), SINCE, UNTIL, "phone-changes", 3)


def test_a_question_without_a_filter_is_for_all_entities_together() -> None:
    told = {name: value for name, value in PLAIN.items() if name != "$filter"}
    assert read_question(told).entity is None


def test_times_may_have_fractions_and_offsets_and_begin_with_their_minute() -> None:
    told = {**PLAIN, "timespan": "2026-11-26T11:00:30.500+01:00/2026-11-26T10:15:00.000Z"}
    assert (read_question(told).since, read_question(told).until) == (SINCE, UNTIL)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"api-version": "2018-01-01"}, "InvalidApiVersionParameter", "2018-01-01"),
        ({"metricnames": "CompletedMessages"}, "BadRequest", "metric: CompletedMessages, Valid metrics: IncomingMes"),
        ({"metricnames": ""}, "BadRequest", "Valid metrics"),
        ({"interval": "PT5M"}, "BadRequest", "interval"),
        ({"aggregation": "Average"}, "BadRequest", "aggregation"),
        ({"timespan": "PT1H"}, "BadRequest", "timespan"),
        ({"timespan": ""}, "BadRequest", "timespan"),
        ({"timespan": "2026-11-26T10:15:00Z/2026-11-26T10:00:00Z"}, "BadRequest", "longer than nothing"),
        ({"timespan": "2026-01-01T00:00:00Z/2026-11-26T10:00:00Z"}, "BadRequest", "30 days"),
        ({"$filter": "EntityName eq 'a' or EntityName eq 'b'"}, "BadRequest", "filter"),
        ({"top": "0"}, "BadRequest", "top"),
    ],
)
def test_what_cannot_be_answered_is_refused(change: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(RefusedError) as raised:
        read_question({**PLAIN, **change})
    assert (raised.value.status, raised.value.code) == (400, code)
    assert words in raised.value.message
