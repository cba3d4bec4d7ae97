"""A span, a duration and a count of throttling for every request that goes to Microsoft Graph.

The span names the endpoint's template and never the real URL, which may name a user:
https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus

import httpx
from opentelemetry.trace import Span, SpanKind
from opentelemetry.util.types import AttributeValue

from shared.graph.url_template import url_template
from shared.retry_after import retry_after_seconds
from shared.telemetry import names
from shared.telemetry.instruments import instruments
from shared.telemetry.spans import mark_failed, quiet_span
from shared.telemetry.work import log_attributes

_PORTS = {"https": 443, "http": 80}
_THROTTLED = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class TracedTransport(httpx.AsyncBaseTransport):
    """Passes requests on, and tells of each."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request; how long it took is told up to the answer's headers."""
        template = url_template(request.method, request.url.path)
        facts: dict[str, AttributeValue] = {
            names.HTTP_METHOD: request.method,
            names.URL_TEMPLATE: template,
            names.SERVER_ADDRESS: request.url.host,
        }
        endpoint = f"{request.method} {template}"
        shown = {**facts, names.GRAPH_ENDPOINT: endpoint, **_told_url(request.url, template), **log_attributes()}
        with _timed(facts), quiet_span(endpoint, SpanKind.CLIENT, shown) as span:
            response = await self._transport.handle_async_request(request)
            facts[names.HTTP_STATUS] = response.status_code
            if response.is_error:
                facts[names.ERROR_TYPE] = str(response.status_code)
            _tell_answer(span, response, template)
        return response

    async def aclose(self) -> None:
        """Closes the sockets."""
        await self._transport.aclose()


def _told_url(url: httpx.URL, template: str) -> dict[str, AttributeValue]:
    """Gives the URL with nobody in it: Azure Monitor takes a call's name and target from it, and nothing else."""
    return {
        names.URL_SCHEME: url.scheme,
        names.SERVER_PORT: url.port or _PORTS.get(url.scheme, 0),
        names.URL_FULL: f"{url.scheme}://{url.netloc.decode()}{template}",
    }


@contextmanager
def _timed(facts: dict[str, AttributeValue]) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    except BaseException as fault:
        facts[names.ERROR_TYPE] = type(fault).__name__
        raise
    finally:
        instruments().graph_calls.record(time.perf_counter() - started, facts)


def _tell_answer(span: Span, response: httpx.Response, template: str) -> None:
    span.set_attribute(names.HTTP_STATUS, response.status_code)
    if request_id := response.headers.get("request-id"):
        span.set_attribute(names.GRAPH_REQUEST_ID, request_id)
    if response.is_error:
        mark_failed(span, str(response.status_code))
    wait = retry_after_seconds(response.headers.get("Retry-After"), datetime.now(UTC))
    if wait is not None:
        span.set_attribute(names.GRAPH_RETRY_AFTER, wait)
    if response.status_code in _THROTTLED:
        instruments().graph_throttled.add(1, {names.URL_TEMPLATE: template})
