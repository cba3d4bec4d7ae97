"""Azure Monitor on a loopback address: one namespace's metrics, as the documents have request and answer.

https://learn.microsoft.com/rest/api/monitor/metrics/list, version 2023-10-01, with the examples of its specification.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.asgi import HOST, serving

NAMESPACE = (
    "/subscriptions/1f3fa6d2-851c-4a91-9087-1a050f3a9c38/resourceGroups/mfa"
    "/providers/Microsoft.ServiceBus/namespaces/contoso-mfa"
)
_FILTER = re.compile(r"EntityName eq '([^']+)'")
MINUTE = timedelta(minutes=1)


@dataclass
class StandIn:
    """Completions by queue and minute; `answers` are given first, in place of its own."""

    signing_key: bytes
    completed: dict[tuple[str, datetime], int] = field(default_factory=dict)
    answers: list[Response] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    # The dimension's name comes in changing case: https://github.com/Azure/azure-service-bus/issues/650.
    dimension: str = "EntityName"
    endpoint: str = ""

    async def answer(self, request: Request) -> Response:
        """Answers one request as Azure Monitor does."""
        if self.answers:
            return self.answers.pop(0)
        if not self._is_authorized(request):
            return refusal(401, "AuthenticationFailed")
        asked = dict(request.query_params)
        self.asked.append(asked)
        wanted = {"api-version": "2023-10-01", "metricnames": "CompleteMessage", "interval": "PT1M"}
        entity = _FILTER.fullmatch(asked.get("$filter", ""))
        if wanted.items() - asked.items() or entity is None or asked.get("aggregation") != "Total":
            return refusal(400, "BadRequest")
        since, until = (datetime.fromisoformat(text) for text in asked["timespan"].split("/"))
        return JSONResponse(metrics(self._series(entity[1], since, until)))

    def _series(self, entity: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """Gives no series at all for an entity of which nothing is known, and every minute for the others."""
        if not any(name == entity for name, _ in self.completed):
            return []
        minutes = [since + number * MINUTE for number in range(int((until - since) / MINUTE))]
        data = [
            {"timeStamp": f"{minute:%Y-%m-%dT%H:%M:%SZ}", "total": float(self.completed.get((entity, minute), 0))}
            for minute in minutes
        ]
        name = {"value": self.dimension, "localizedValue": self.dimension}
        return [{"metadatavalues": [{"name": name, "value": entity}], "data": data}]

    def _is_authorized(self, request: Request) -> bool:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            jwt.decode(token, self.signing_key, algorithms=["HS256"], audience="https://management.azure.com")
        except jwt.InvalidTokenError:
            return False
        return True


def metrics(series: list[dict[str, Any]], **of_metric: Any) -> dict[str, Any]:
    """Gives an answer's body around the time series of the one metric."""
    return {
        "cost": 14,
        "timespan": "2026-11-23T09:00:00Z/2026-11-23T09:15:00Z",
        "interval": "PT1M",
        "value": [
            {
                "id": f"{NAMESPACE}/providers/Microsoft.Insights/metrics/CompleteMessage",
                "type": "Microsoft.Insights/metrics",
                "name": {"value": "CompleteMessage", "localizedValue": "Completed Messages"},
                "unit": "Count",
                "timeseries": series,
                "errorCode": "Success",
                **of_metric,
            }
        ],
        "namespace": "Microsoft.ServiceBus/namespaces",
        "resourceregion": "westeurope",
    }


def refusal(status: int, code: str, **headers: str) -> Response:
    """Gives an error in Azure Resource Manager's words; the text names who asked."""
    told = {"error": {"code": code, "message": "The client 'oid-secret' does not have authorization."}}
    return JSONResponse(told, status, headers)


@asynccontextmanager
async def running_stand_in(signing_key: bytes) -> AsyncIterator[StandIn]:
    """Runs it until the block ends."""
    monitor = StandIn(signing_key)
    path = f"{NAMESPACE}/providers/Microsoft.Insights/metrics"
    async with serving("Azure Monitor", Starlette(routes=[Route(path, monitor.answer)]), 0) as port:
        monitor.endpoint = f"http://{HOST}:{port}"
        yield monitor


def at(minute: int) -> datetime:
    """Gives a minute of the tests' morning."""
    return datetime(2026, 11, 23, 9, minute, tzinfo=UTC)
