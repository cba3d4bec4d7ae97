"""The client that the tests speak through: msgraph-sdk and azure-identity, unmodified."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from azure.identity.aio import ManagedIdentityCredential
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.middleware.options import RetryHandlerOption
from msgraph.graph_request_adapter import GraphRequestAdapter, options
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory

from local.graph.server import Graph

SCOPE = "https://graph.microsoft.com/.default"


@asynccontextmanager
async def sdk_client(graph: Graph) -> AsyncIterator[Any]:
    """A GraphServiceClient that signs in by managed identity, found through IDENTITY_ENDPOINT and IDENTITY_HEADER."""
    credential = ManagedIdentityCredential()
    provider = AzureIdentityAuthenticationProvider(credential, scopes=[SCOPE], allowed_hosts=["127.0.0.1"])
    retry_off = {RetryHandlerOption.get_key(): RetryHandlerOption(max_retries=0, should_retry=False)}
    transport = httpx.AsyncHTTPTransport()
    http = GraphClientFactory.create_with_default_middleware(
        client=httpx.AsyncClient(transport=transport, timeout=10), options={**options, **retry_off}
    )
    adapter = GraphRequestAdapter(provider, http)
    adapter.base_url = graph.url
    try:
        yield GraphServiceClient(request_adapter=adapter)
    finally:
        await http.aclose()
        # The SDK's own transport has no aclose and leaves the connections below it open.
        await transport.aclose()
        await credential.close()
