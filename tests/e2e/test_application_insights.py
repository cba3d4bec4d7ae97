"""What Azure's worker sends to Application Insights, in the columns that queries, workbook and alerts read.

The worker itself sets up azure-monitor-opentelemetry, as in Azure; only the ingestion endpoint is a stand-in.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from benchmarks.ingestion import DEPENDENCY, METRIC, REQUEST, Ingested, ingesting
from shared.steps import STEPS, Step
from shared.telemetry import names
from tests.e2e.told_company import NUMBERS, PRODUCER, TRACES, WAIT_SECONDS, change, throttle, told_company
from tests.scenario.watched import leaks

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

TRACE = "MessageData"
OPERATION, PARENT, ROLE = "ai.operation.id", "ai.operation.parentId", "ai.cloud.role"
# What would otherwise be sent elsewhere, and the exporter's pace.
SETTINGS = {
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "true",
    "OTEL_SERVICE_NAME": "mfa-phone-change",
    "OTEL_BSP_SCHEDULE_DELAY": "500",
    "OTEL_BLRP_SCHEDULE_DELAY": "500",
    "OTEL_METRIC_EXPORT_INTERVAL": "1000",
}


@dataclass(frozen=True)
class Item:
    """One row: its tags become columns, its content the rest of them, `properties` the column Properties."""

    kind: str
    tags: Mapping[str, str]
    content: Mapping[str, Any]

    @property
    def properties(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.content.get("properties") or {}
        return found


@dataclass(frozen=True)
class Insights:
    """What came in of two changes, one of which was throttled."""

    ingested: Ingested

    def items(self, kind: str) -> list[Item]:
        told = [item for item in self.ingested.items if item["data"]["baseType"] == kind]
        return [Item(kind, item["tags"], item["data"]["baseData"]) for item in told]

    def spans(self, kind: str, request_id: str) -> list[Item]:
        """Gives the requests, or the dependencies, of a request's trace."""
        return [item for item in self.items(kind) if item.tags[OPERATION] == TRACES[request_id]]

    def metric(self, name: str) -> list[tuple[Mapping[str, str], Mapping[str, Any]]]:
        """Gives a metric's rows: Properties, and Sum, ItemCount, Min and Max."""
        rows = [(item.properties, item.content["metrics"][0]) for item in self.items(METRIC)]
        return [(properties, point) for properties, point in rows if point["name"] == name]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def insights(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Insights]:
    folder = tmp_path_factory.mktemp("insights")
    async with ingesting() as (ingested, settings):
        async with told_company(folder, {**settings, **SETTINGS}) as company:
            await change(company, "T-1")
            await throttle(company, "T-2")
            await change(company, "T-2")
            found = Insights(ingested)
            await company.until(lambda: len(found.spans(REQUEST, "T-2")) == 3 and found.metric(names.OUTBOX_UNSENT))
        yield found


async def test_a_delivery_is_a_request_with_all_that_became_of_it_in_its_properties(insights: Insights) -> None:
    (delivery,) = (item for item in insights.spans(REQUEST, "T-1") if item.content["name"] == "process phone-changes")
    assert (delivery.tags[PARENT], delivery.tags[ROLE]) == (PRODUCER, "mfa-phone-change")
    assert (delivery.content["success"], delivery.content["responseCode"]) == (True, "0")
    told = {
        names.FAAS_NAME: "process_change",
        names.REQUEST_ID: "T-1",
        names.OPERATION: "set",
        names.PHONE_TYPE: "mobile",
        names.REQUESTED_BY: "workday",
        names.DRY_RUN: "False",
        names.OUTCOME: "changed",
        names.CODE: "replaced",
        names.ATTEMPT: "1",
    }
    assert told.items() <= delivery.properties.items()
    assert {names.USER_ID, names.FAAS_INVOCATION_ID, names.AGE_SECONDS} <= delivery.properties.keys()


async def test_a_delivery_that_was_put_off_says_for_how_long_and_why(insights: Insights) -> None:
    first, second = (item for item in insights.spans(REQUEST, "T-2") if item.content["name"] == "process phone-changes")
    assert first.properties[names.REASON] == "directory_throttled"
    assert float(first.properties[names.PUT_OFF_SECONDS]) > 30
    assert second.properties[names.CODE] == "replaced"


async def test_every_step_is_a_dependency_in_process(insights: Insights) -> None:
    steps = [item for item in insights.spans(DEPENDENCY, "T-1") if item.content["name"].startswith(names.STEP_PREFIX)]
    assert {item.content["type"] for item in steps} == {"InProc"}
    assert {item.content["name"] for item in steps} == {
        f"{names.STEP_PREFIX}{step}" for step in STEPS if step not in {Step.RECEIVE, Step.COMPLETE}
    }


async def test_a_call_of_graph_is_a_dependency_named_by_its_template(insights: Insights) -> None:
    calls = [item for item in insights.spans(DEPENDENCY, "T-1") if item.content["type"] == "HTTP"]
    assert {item.content["name"] for item in calls} >= {
        "GET /users/{id}/authentication/phoneMethods",
        "PATCH /users/{id}/authentication/phoneMethods/{id}",
        "POST /users/{id}/sendMail",
    }
    for call in calls:
        assert call.properties[names.GRAPH_ENDPOINT] == call.content["name"]
        assert call.properties[names.GRAPH_REQUEST_ID]
        assert call.content["resultCode"] in {"200", "202", "204"}
        assert call.content["success"] is True


async def test_a_call_that_was_throttled_failed_and_tells_the_wait(insights: Insights) -> None:
    (call,) = (item for item in insights.spans(DEPENDENCY, "T-2") if item.content["resultCode"] == "429")
    assert call.content["success"] is False
    assert float(call.properties[names.GRAPH_RETRY_AFTER]) == WAIT_SECONDS


async def test_a_message_that_was_sent_is_a_dependency(insights: Insights) -> None:
    (sent,) = (item for item in insights.spans(DEPENDENCY, "T-1") if item.content["name"] == "send phone-events")
    assert sent.content["type"] == "Queue Message | servicebus"


async def test_a_tick_of_a_timer_is_a_dependency_without_a_request(insights: Insights) -> None:
    ticks = [item for item in insights.items(DEPENDENCY) if item.content["name"] == "run dispatch_outbox"]
    assert ticks
    assert {tick.properties[names.FAAS_NAME] for tick in ticks} == {"dispatch_outbox"}


async def test_the_conventions_own_attributes_of_spans_do_not_come_through(insights: Insights) -> None:
    """Nobody may query by them: the exporter keeps them for its columns, or drops them."""
    told = {name for kind in (REQUEST, DEPENDENCY) for item in insights.items(kind) for name in item.properties}
    assert {name for name in told if name.startswith(("messaging.", "http.", "url.", "error.", "server."))} == set()
    assert names.FAAS_NAME in told


async def test_a_counter_is_the_sum_of_its_rows(insights: Insights) -> None:
    """By hand: two requests ended, one was put off, four mails were sent."""
    outcome = {names.OUTCOME: "changed", names.CODE: "replaced", names.OPERATION: "set"}
    outcomes = insights.metric(names.REQUEST_OUTCOMES)
    assert [properties for properties, _ in outcomes if properties != outcome] == []
    assert sum(point["value"] for _, point in outcomes) == 2
    assert sum(point["value"] for _, point in insights.metric(names.REQUESTS_PUT_OFF)) == 1
    assert {tuple(properties.items()) for properties, _ in insights.metric(names.MAILS)} == {((names.RESULT, "sent"),)}
    assert sum(point["value"] for _, point in insights.metric(names.MAILS)) == 4


async def test_a_histogram_tells_sum_count_least_and_most(insights: Insights) -> None:
    rows = [point for _, point in insights.metric(names.REQUEST_DURATION)]
    assert sum(point["count"] for point in rows) == 2
    assert max(point["max"] for point in rows) > 30
    assert all(0 < point["min"] <= point["value"] for point in rows)


async def test_a_tick_is_one_sample_of_how_things_stand(insights: Insights) -> None:
    """A gauge would be told again at every export, by every instance that ever set it."""
    ticks = [item for item in insights.items(DEPENDENCY) if item.content["name"] == "run dispatch_outbox"]
    assert sum(point["count"] for _, point in insights.metric(names.OUTBOX_UNSENT)) == len(ticks) > 0
    assert {item.properties[names.BRAKE_ENGAGED] for item in ticks} == {"0"}


async def test_attributes_of_metrics_come_through_the_conventions_own_as_well(insights: Insights) -> None:
    consumed = insights.metric(names.CONSUMED_MESSAGES)
    assert {properties[names.MESSAGING_DESTINATION] for properties, _ in consumed} == {"phone-changes", "phone-events"}


async def test_the_duration_of_calls_keeps_no_template(insights: Insights) -> None:
    """The exporter makes a standard metric of it: who asks by endpoint asks the dependencies."""
    rows = insights.metric(names.HTTP_CLIENT_DURATION)
    assert rows
    assert {properties["_MS.MetricId"] for properties, _ in rows} == {"dependencies/duration"}
    assert [properties for properties, _ in rows if names.URL_TEMPLATE in properties] == []


async def test_log_lines_carry_the_request_and_the_trace(insights: Insights) -> None:
    lines = [item for item in insights.items(TRACE) if item.tags.get(OPERATION) == TRACES["T-1"]]
    ours = [item for item in lines if item.properties["logger_name"].startswith("shared.")]
    assert {item.properties[names.FUNCTION] for item in ours} == {"process_change", "notify_user"}
    assert {item.properties[names.REQUEST_ID] for item in ours} == {"T-1"}


async def test_no_number_is_in_any_byte_of_it(insights: Insights) -> None:
    told = [json.dumps(item) for item in insights.ingested.items]
    assert len(told) > 100
    assert leaks({"telemetry": told}, NUMBERS) == []
