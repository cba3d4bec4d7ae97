"""The metrics API answers in the shape of Microsoft's example (GetMetric.json of the API's specification)."""

from datetime import timedelta
from typing import Any

import pytest

from local.monitor.answer import answer
from local.monitor.question import Question
from local.servicebus.clock import ManualClock
from local.servicebus.entities.traffic import Metric, Traffic, minute_of

ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ServiceBus/namespaces/n"
MINUTES = timedelta(minutes=3)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def traffic(clock: ManualClock) -> dict[str, Traffic]:
    """Gives an hour-old count: a message of `busy` in the first minute, two in the third, nothing of `idle`."""
    found = {"busy": Traffic(clock), "idle": Traffic(clock)}
    found["busy"].note(Metric.COMPLETED)
    clock.move(120)
    found["busy"].note(Metric.COMPLETED, 2)
    clock.move(3600)
    return found


def asked(clock: ManualClock, traffic: dict[str, Traffic], entity: str | None, most: int = 10) -> list[dict[str, Any]]:
    start = minute_of(clock.now() - timedelta(seconds=3720))
    question = Question((Metric.COMPLETED,), start, start + MINUTES, entity, most)
    (metric,) = answer(question, ID, traffic, clock.now())["value"]
    series: list[dict[str, Any]] = metric["timeseries"]
    return series


def test_an_answer_has_all_members_of_the_example(clock: ManualClock, traffic: dict[str, Traffic]) -> None:
    start = minute_of(clock.now() - timedelta(seconds=3720))
    told = answer(Question(tuple(Metric), start, start + MINUTES, "*"), ID, traffic, clock.now())
    assert set(told) == {"cost", "timespan", "interval", "value", "namespace", "resourceregion"}
    assert told["interval"] == "PT1M"
    incoming, completed = told["value"]
    assert set(completed) == {"id", "type", "name", "displayDescription", "unit", "timeseries", "errorCode"}
    assert completed["id"] == f"{ID}/providers/Microsoft.Insights/metrics/CompleteMessage"
    assert completed["name"] == {"value": "CompleteMessage", "localizedValue": "Completed Messages"}
    assert (completed["unit"], completed["errorCode"]) == ("Count", "Success")
    assert incoming["timeseries"] == []


def test_an_entity_in_which_nothing_was_counted_has_no_series(clock: ManualClock, traffic: dict[str, Traffic]) -> None:
    (series,) = asked(clock, traffic, "*")
    assert series["metadatavalues"] == [
        {"name": {"value": "entityname", "localizedValue": "entityname"}, "value": "busy"}
    ]
    assert asked(clock, traffic, "idle") == []


@pytest.mark.parametrize("entity", ["*", "busy", "BUSY", None])
def test_every_minute_of_the_span_has_a_point(
    clock: ManualClock, traffic: dict[str, Traffic], entity: str | None
) -> None:
    (series,) = asked(clock, traffic, entity)
    start = minute_of(clock.now() - timedelta(seconds=3720))
    assert series["data"] == [
        {"timeStamp": f"{start + timedelta(minutes=number):%Y-%m-%dT%H:%M:%SZ}", "total": total}
        for number, total in enumerate((1.0, 0.0, 2.0))
    ]


def test_no_more_series_are_given_than_are_asked_for(clock: ManualClock, traffic: dict[str, Traffic]) -> None:
    traffic["idle"].note(Metric.COMPLETED, at=clock.now() - timedelta(seconds=3700))
    assert len(asked(clock, traffic, "*")) == 2
    assert len(asked(clock, traffic, "*", 1)) == 1


def test_a_minute_that_has_not_begun_has_no_point(clock: ManualClock, traffic: dict[str, Traffic]) -> None:
    now = minute_of(clock.now())
    question = Question((Metric.COMPLETED,), now - timedelta(minutes=2), now + timedelta(hours=1), None)
    (metric,) = answer(question, ID, traffic, now)["value"]
    assert len(metric["timeseries"][0]["data"]) == 2
