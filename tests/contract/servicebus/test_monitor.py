"""Azure Monitor over the running broker: what clients do is counted, and only those with a token hear of it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx
import pytest
from azure.core.credentials import AccessToken
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient

from local.identity.key_file import new_key
from local.identity.tokens import TokenIssuer
from local.monitor.server import RESOURCE_ID, running_monitor
from local.servicebus.config import DEFAULT_CONFIG
from local.servicebus.server import Broker, running_broker
from shared.clock import SystemClock
from shared.monitor.address import monitor_endpoint, namespace_id
from shared.monitor.completion_count import MonitorCompletionCount
from shared.reconciliation.matching import Completed
from tests.contract.servicebus.handlers import opened_and_closed, receive

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = new_key()
ARM = "https://management.azure.com"
QUEUE = "phone-changes-parked"


class Asking:
    """A client of the metrics API, and of the control side."""

    def __init__(self, client: httpx.AsyncClient, broker: Broker) -> None:
        self.client = client
        self.broker = broker

    async def answer(self, token: str | None = None, **changes: str) -> httpx.Response:
        now = datetime.now(UTC)
        parameters = {
            "api-version": "2023-10-01",
            "metricnames": "IncomingMessages,CompleteMessage",
            "timespan": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}/{now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
            "interval": "PT1M",
            "aggregation": "Total",
            "$filter": "EntityName eq '*'",
            **changes,
        }
        headers = {"Authorization": f"Bearer {token or TokenIssuer(KEY).issue(ARM).value}"}
        path = f"{RESOURCE_ID}/providers/Microsoft.Insights/metrics"
        return await self.client.get(path, params=parameters, headers=headers)

    async def totals(self) -> dict[str, dict[str, float]]:
        """Gives each metric's total by entity."""
        told = (await self.answer()).json()
        return {metric["name"]["value"]: dict(map(_total, metric["timeseries"])) for metric in told["value"]}


def _total(series: dict[str, Any]) -> tuple[str, float]:
    (of_whom,) = series["metadatavalues"]
    return of_whom["value"], sum(point["total"] for point in series["data"])


@asynccontextmanager
async def asking() -> AsyncIterator[Asking]:
    async with (
        running_broker(DEFAULT_CONFIG) as broker,
        running_monitor(broker.namespace, KEY) as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        yield Asking(client, broker)


async def test_what_clients_send_and_complete_is_counted() -> None:
    async with (
        asking() as monitor,
        ServiceBusClient.from_connection_string(monitor.broker.connection_string) as bus,
        opened_and_closed(bus.get_queue_sender(QUEUE), bus.get_queue_receiver(QUEUE)) as (sender, receiver),
    ):
        await sender.send_messages([ServiceBusMessage(str(number), message_id=str(number)) for number in range(3)])
        first, second, third = await receive(receiver, 3)
        await receiver.complete_message(first)
        await receiver.complete_message(second)
        await receiver.abandon_message(third)
        assert await monitor.totals() == {"IncomingMessages": {QUEUE: 3.0}, "CompleteMessage": {QUEUE: 2.0}}


async def test_a_message_that_vanishes_is_counted_and_not_received() -> None:
    async with (
        asking() as monitor,
        ServiceBusClient.from_connection_string(monitor.broker.connection_string) as bus,
        opened_and_closed(bus.get_queue_sender(QUEUE), bus.get_queue_receiver(QUEUE)) as (sender, receiver),
    ):
        gone = await monitor.client.post("/_twin/vanish", json={"queue": QUEUE.upper(), "count": 1})
        assert gone.status_code == httpx.codes.NO_CONTENT
        await sender.send_messages([ServiceBusMessage(name, message_id=name) for name in ("taken", "kept")])
        (kept,) = await receive(receiver, 1)
        assert str(kept) == "kept"
        assert await monitor.totals() == {"IncomingMessages": {QUEUE: 2.0}, "CompleteMessage": {QUEUE: 1.0}}


async def test_completions_of_a_minute_long_past_can_be_made_up() -> None:
    async with asking() as monitor:
        at = (datetime.now(UTC) - timedelta(minutes=30)).isoformat()
        await monitor.client.post("/_twin/vanish", json={"queue": "phone-changes", "count": 2, "at": at})
        assert (await monitor.totals())["CompleteMessage"] == {"phone-changes": 2.0}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"queue": "phone-events"},
        {"queue": "nowhere"},
        {"queue": QUEUE, "count": 0},
        {"queue": QUEUE, "at": "2026-11-26T10:00:00"},
        {"queue": QUEUE, "number": 1},
    ],
)
async def test_what_cannot_vanish_is_refused(body: dict[str, Any]) -> None:
    async with asking() as monitor:
        refused = await monitor.client.post("/_twin/vanish", content=json.dumps(body))
        assert refused.status_code == httpx.codes.BAD_REQUEST
        assert await monitor.totals() == {"IncomingMessages": {}, "CompleteMessage": {}}


async def test_only_a_good_token_for_azure_resource_manager_gets_an_answer() -> None:
    tokens = {
        "InvalidAuthenticationToken": TokenIssuer(new_key()).issue(ARM).value,
        "InvalidAuthenticationTokenAudience": TokenIssuer(KEY).issue("https://graph.microsoft.com").value,
        "ExpiredAuthenticationToken": TokenIssuer(KEY, expires_in=0).issue(ARM).value,
    }
    async with asking() as monitor:
        for code, token in tokens.items():
            refused = await monitor.answer(token)
            assert (refused.status_code, refused.json()["error"]["code"]) == (httpx.codes.UNAUTHORIZED, code)
        nobody = await monitor.client.get(f"{RESOURCE_ID}/providers/Microsoft.Insights/metrics")
        assert nobody.json()["error"]["code"] == "AuthenticationFailed"


async def test_a_question_that_cannot_be_answered_gets_the_reason() -> None:
    async with asking() as monitor:
        refused = await monitor.answer(interval="PT1H")
        assert (refused.status_code, refused.json()["error"]["code"]) == (httpx.codes.BAD_REQUEST, "BadRequest")
        headers = {"Authorization": f"Bearer {TokenIssuer(KEY).issue(ARM).value}"}
        other = await monitor.client.get("/subscriptions/s/providers/Microsoft.Insights/metrics", headers=headers)
        assert (other.status_code, other.json()["error"]["code"]) == (httpx.codes.NOT_FOUND, "ResourceNotFound")


class IdentityToken:
    """A credential whose token is good for whatever is asked, as a managed identity's is."""

    async def get_token(self, *scopes: str, **_: object) -> AccessToken:
        (scope,) = scopes
        token = TokenIssuer(KEY).issue(scope.removesuffix("/.default"))
        return AccessToken(token.value, token.expires_on)

    async def close(self) -> None:
        """Has nothing to close."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Has nothing to close."""


async def test_the_app_s_own_client_counts_the_same() -> None:
    half_an_hour_ago = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=30)
    async with asking() as monitor:
        gone = {"queue": "phone-changes", "count": 2, "at": half_an_hour_ago.isoformat()}
        await monitor.client.post("/_twin/vanish", json=gone)
        endpoint = str(monitor.client.base_url).rstrip("/")
        counting = MonitorCompletionCount(endpoint, RESOURCE_ID, IdentityToken(), SystemClock())
        hour = timedelta(hours=1)
        found = await counting.completed("phone-changes", half_an_hour_ago - hour, half_an_hour_ago + hour)
        assert found == (Completed(half_an_hour_ago, 2),)
        assert await counting.completed("phone-approvals", half_an_hour_ago - hour, half_an_hour_ago + hour) == ()


async def test_endpoint_and_id_are_taken_by_the_app_s_settings() -> None:
    assert namespace_id(RESOURCE_ID) == RESOURCE_ID
    async with asking() as monitor:
        assert monitor_endpoint(str(monitor.client.base_url).rstrip("/"))
