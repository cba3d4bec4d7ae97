"""Asks Azure Monitor how many messages of a queue were completed, minute by minute.

By plain HTTP, with the HTTP client that Graph goes by: azure-monitor-querymetrics asks another, regional endpoint with
rights of its own, azure-mgmt-monitor is megabytes, and this is one GET. The role is Monitoring Reader on the namespace.
https://learn.microsoft.com/rest/api/monitor/metrics/list
"""

import asyncio
from datetime import datetime

import httpx
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError
from pydantic import BaseModel, ValidationError

from shared.errors import MonitorUnavailableError
from shared.monitor.address import scope_of
from shared.monitor.answer import read_answer
from shared.ports import Clock
from shared.reconciliation.matching import Completed
from shared.retry_after import retry_after_seconds

_API_VERSION = "2023-10-01"
# https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-servicebus-namespaces-metrics
_METRIC, _DIMENSION = "CompleteMessage", "EntityName"
_TIMEOUT = httpx.Timeout(20.0, connect=10.0)
# With the token, and all tries that its library makes.
_LONGEST_SECONDS = 60.0


class MonitorCompletionCount:
    """The completions of one namespace's queues; `resource_id` is the namespace's in Azure Resource Manager."""

    def __init__(self, endpoint: str, resource_id: str, credential: AsyncTokenCredential, clock: Clock) -> None:
        self._url = f"{endpoint}{resource_id}/providers/Microsoft.Insights/metrics"
        self._scope = scope_of(endpoint)
        self._credential = credential
        self._clock = clock

    async def completed(self, queue: str, since: datetime, until: datetime) -> tuple[Completed, ...]:
        """Gives the completions from one full minute to before another; minutes without any may be missing.

        Raises MonitorUnavailableError, also where the role is missing: nobody is to take silence for nothing.
        """
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                answer = await self._asked(queue, since, until)
        except (httpx.HTTPError, AzureError, OSError) as fault:  # TimeoutError is an OSError
            message = f"Azure Monitor does not answer ({type(fault).__name__})."
            raise MonitorUnavailableError(message) from None
        self._check(answer)
        try:
            found = read_answer(answer.content, since, until)
        except ValidationError:
            message = "Azure Monitor answers in a form that is not known."
            raise MonitorUnavailableError(message) from None
        if isinstance(found, str):
            message = f"Azure Monitor cannot count: {found}."
            raise MonitorUnavailableError(message)
        return found

    async def close(self) -> None:
        """Closes the identity's connections; its own are closed after each question."""
        await self._credential.close()

    async def _asked(self, queue: str, since: datetime, until: datetime) -> httpx.Response:
        token = await self._credential.get_token(self._scope)
        parameters = {
            "api-version": _API_VERSION,
            "metricnames": _METRIC,
            "timespan": f"{since:%Y-%m-%dT%H:%M:%SZ}/{until:%Y-%m-%dT%H:%M:%SZ}",
            "interval": "PT1M",
            "aggregation": "Total",
            "$filter": f"{_DIMENSION} eq '{queue}'",
        }
        headers = {"Authorization": f"Bearer {token.token}"}
        # Once in a quarter of an hour: a connection that is kept would be cut off in between.
        async with httpx.AsyncClient(timeout=_TIMEOUT, headers=headers) as client:
            return await client.get(self._url, params=parameters)

    def _check(self, answer: httpx.Response) -> None:
        if answer.status_code == httpx.codes.OK:
            return
        wait = retry_after_seconds(answer.headers.get("Retry-After"), self._clock.now())
        message = f"Azure Monitor answers HTTP {answer.status_code} {_code_of(answer.content)}".rstrip() + "."
        raise MonitorUnavailableError(message, retry_after=wait)


class _Error(BaseModel):
    code: str


class _Refusal(BaseModel):
    error: _Error


def _code_of(body: bytes) -> str:
    """Gives Azure Resource Manager's code of why not; its text may name who asked."""
    try:
        return _Refusal.model_validate_json(body).error.code
    except ValidationError:
        return ""
