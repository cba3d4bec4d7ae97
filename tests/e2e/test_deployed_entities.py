"""The stack runs on the queues, topics, filters and settings of the deployment, and they are counted as in Azure."""

import asyncio
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from local.stack import ROOT
from tests.e2e.conftest import Company

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

TEMPLATE: dict[str, Any] = json.loads((ROOT / "bicep" / "service-bus.json").read_text(encoding="utf-8"))
# What a broker in memory has no limit and no partitions for, or does in any case.
WITHOUT_MEANING = {
    "maxSizeInMegabytes",
    "enablePartitioning",
    "enableBatchedOperations",
    "deadLetteringOnFilterEvaluationExceptions",
}
NAMES = {
    "REQUEST_QUEUE": "phone-changes",
    "PARKED_QUEUE": "phone-changes-parked",
    "APPROVAL_QUEUE": "phone-approvals",
    "SWEEP_QUEUE": "sweep-pages",
    "EVENT_TOPIC": "phone-events",
}
_DURATION = re.compile(r"P(?=.)(\d+D)?(T.+)?")


def settings_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Gives an entity's settings, durations as such: there are several ways to write one."""
    return {
        name: TypeAdapter(timedelta).validate_python(value)
        if isinstance(value, str) and _DURATION.fullmatch(value)
        else value
        for name, value in entry["properties"].items()
        if name not in WITHOUT_MEANING
    }


def by_name(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {entry["name"]: settings_of(entry) for entry in entries}


def rules_of(topic: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {each["name"]: each["rules"] for each in topic["subscriptions"]}


async def running(company: Company) -> dict[str, Any]:
    """Asks the broker what it runs with."""
    async with httpx.AsyncClient(base_url=company.stack.settings["MONITOR_ENDPOINT"]) as client:
        told: dict[str, Any] = (await client.get("/_twin/entities")).json()
    return told


async def counted(company: Company, metric: str) -> dict[str, float]:
    """Asks Azure Monitor for a metric's totals of the last hour, as the app may: with its identity's token."""
    known = company.stack.settings
    now = datetime.now(UTC)
    async with httpx.AsyncClient() as client:
        token = await client.get(
            known["IDENTITY_ENDPOINT"],
            params={"resource": "https://management.azure.com", "api-version": "2019-08-01"},
            headers={"X-IDENTITY-HEADER": known["IDENTITY_HEADER"]},
        )
        answer = await client.get(
            f"{known['MONITOR_ENDPOINT']}{known['SERVICE_BUS_RESOURCE_ID']}/providers/Microsoft.Insights/metrics",
            params={
                "api-version": "2023-10-01",
                "metricnames": metric,
                "timespan": f"{(now - timedelta(hours=1)).isoformat()}/{(now + timedelta(minutes=1)).isoformat()}",
                "interval": "PT1M",
                "aggregation": "Total",
                "$filter": "EntityName eq '*'",
            },
            headers={"Authorization": f"Bearer {token.json()['access_token']}"},
        )
    (told,) = answer.json()["value"]
    return {
        series["metadatavalues"][0]["value"]: sum(point["total"] for point in series["data"])
        for series in told["timeseries"]
    }


async def test_the_broker_runs_with_every_queue_and_setting_of_the_deployment(company: Company) -> None:
    assert by_name((await running(company))["queues"]) == by_name(TEMPLATE["queues"])


async def test_and_with_its_topics_subscriptions_and_filters(company: Company) -> None:
    found, wanted = (await running(company))["topics"], TEMPLATE["topics"]
    assert by_name(found) == by_name(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert by_name(one["subscriptions"]) == by_name(other["subscriptions"])
        assert rules_of(one) == rules_of(other)


async def test_the_app_s_settings_name_what_is_deployed(company: Company) -> None:
    found = await running(company)
    names = {each["name"] for each in [*found["queues"], *found["topics"]]}
    assert {name: company.stack.settings[name] for name in NAMES} == NAMES
    assert set(NAMES.values()) <= names


async def test_what_the_functions_take_and_complete_is_counted(company: Company) -> None:
    async def totals() -> tuple[float, float]:
        incoming, completed = [await counted(company, name) for name in ("IncomingMessages", "CompleteMessage")]
        return incoming.get("phone-changes", 0), completed.get("phone-changes", 0)

    before = await totals()
    await company.send(company.request("D-1", "admin", phoneNumber="0171 / 7654 321"))
    assert (await company.outcome("D-1"))["code"] == "privileged_user"
    for _ in range(50):
        after = await totals()
        if after[1] > before[1]:
            break
        await asyncio.sleep(0.1)
    assert after[0] > before[0]
    assert after[1] > before[1]


async def test_a_message_that_somebody_else_takes_is_completed_without_an_outcome(company: Company) -> None:
    completed = (await counted(company, "CompleteMessage")).get("phone-changes", 0)
    session = "admin@contoso.example"
    async with httpx.AsyncClient(base_url=company.stack.settings["MONITOR_ENDPOINT"]) as client:
        gone = await client.post("/_twin/vanish", json={"queue": "phone-changes", "session": session})
        assert gone.status_code == httpx.codes.NO_CONTENT
    await company.send(company.request("D-2", "admin", phoneNumber="0171 / 7654 322"))
    assert (await counted(company, "CompleteMessage"))["phone-changes"] > completed
    # A later request of the same session is looked at, and the first one never was.
    await company.send(company.request("D-3", "admin", phoneNumber="0171 / 7654 323"))
    assert (await company.outcome("D-3"))["code"] == "privileged_user"
    known = {row["RowKey"] for row in await company.rows("ledger")}
    assert {"request:D-2", "request:D-3"} & known == {"request:D-3"}
