"""Builds the one Graph client of a worker: own token provider, host allow-list, no retry, no redirect, time-outs."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from azure.core.credentials_async import AsyncTokenCredential
from azure.identity.aio import ManagedIdentityCredential
from kiota_abstractions import request_information
from kiota_authentication_azure import azure_identity_access_token_provider
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http import httpx_request_adapter
from kiota_http.middleware import middleware
from kiota_http.middleware.options import RedirectHandlerOption, RetryHandlerOption
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_request_adapter import options as sdk_options
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory
from opentelemetry import trace

from shared.graph.answers import check_answer
from shared.graph.attempt import note_sent
from shared.graph.traced_transport import TracedTransport
from shared.settings import Settings

# kiota records exceptions in spans of its own, and with them what Graph says, which may be the number. Our own spans
# name the step and no text.
for _module in (httpx_request_adapter, middleware, request_information, azure_identity_access_token_provider):
    vars(_module)["tracer"] = trace.NoOpTracer()
_CONNECT_SECONDS = 10.0
# Changes that people wait for go before sweeps: https://learn.microsoft.com/graph/throttling-limits
_PRIORITY = "x-ms-throttle-priority"
LOW_PRIORITY = {_PRIORITY: "low"}
_HIGH_PRIORITY = {_PRIORITY: "high"}


@dataclass(frozen=True, slots=True)
class GraphConnection:
    """A Graph client with what must be closed after it."""

    client: GraphServiceClient
    credential: AsyncTokenCredential
    transport: httpx.AsyncBaseTransport

    async def close(self) -> None:
        """Closes sockets: the SDK's client has no close, and its transport does not pass one on to ours."""
        await self.transport.aclose()
        await self.credential.close()


def connect_graph(settings: Settings) -> GraphConnection:
    """Builds the client; the token goes to the configured host and to no other, wherever a link may point."""
    return _connected(settings, settings.graph_client_id, _HIGH_PRIORITY)


def connect_sweep_graph(settings: Settings, client_id: str | None) -> GraphConnection:
    """Builds the sweep's client: an identity of its own that may only read, and a priority below everybody else's."""
    return _connected(settings, client_id, LOW_PRIORITY)


def _connected(settings: Settings, client_id: str | None, priority: Mapping[str, str]) -> GraphConnection:
    credential = ManagedIdentityCredential(client_id=client_id)
    host = urlsplit(settings.graph_endpoint).hostname or ""
    provider = AzureIdentityAuthenticationProvider(
        credential, scopes=[_scope(settings.graph_endpoint)], allowed_hosts=[host]
    )
    transport = TracedTransport(httpx.AsyncHTTPTransport(http2=True))
    adapter = GraphRequestAdapter(provider, _http_client(transport, settings.graph_timeout_seconds, priority))
    adapter.base_url = settings.graph_endpoint
    return GraphConnection(GraphServiceClient(request_adapter=adapter), credential, transport)


def _scope(endpoint: str) -> str:
    """Gives the cloud's own scope; a stand-in on this machine takes the public cloud's tokens."""
    parts = urlsplit(endpoint)
    host = parts.hostname if parts.scheme == "https" else "graph.microsoft.com"
    return f"https://{host}/.default"


def _http_client(transport: httpx.AsyncBaseTransport, timeout: float, priority: Mapping[str, str]) -> httpx.AsyncClient:
    # The SDK retries POST and PATCH too, inside the lock and without a read in between; and a redirected request
    # would take the number to another host.
    own_options = {
        RetryHandlerOption.get_key(): RetryHandlerOption(max_retries=0, should_retry=False),
        RedirectHandlerOption.get_key(): RedirectHandlerOption(max_redirect=0, should_redirect=False),
    }
    timeouts = httpx.Timeout(timeout, connect=min(_CONNECT_SECONDS, timeout))
    plain = httpx.AsyncClient(
        transport=transport,
        timeout=timeouts,
        headers=priority,
        event_hooks={"request": [note_sent], "response": [check_answer]},
    )
    client: httpx.AsyncClient = GraphClientFactory.create_with_default_middleware(
        client=plain, options={**sdk_options, **own_options}
    )
    return client
