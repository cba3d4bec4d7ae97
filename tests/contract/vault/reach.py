"""The product's side: its adapter with the SDK as it comes, led to the stand-in by name resolution alone."""

import os

import aiohttp
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity.aio import ManagedIdentityCredential

from shared.vault.key_vault import KeyVaultKeyWrap
from tests.contract.vault.stand_in import KEY_ID, Resolver, StandIn
from tests.fakes.clock import MovedClock

DATA_KEY = os.urandom(32)
CLIENT_ID = "11111111-2222-3333-4444-555555555555"


def reaching(vault: StandIn, resolver: Resolver, clock: MovedClock) -> KeyVaultKeyWrap:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=resolver), auto_decompress=False)
    return KeyVaultKeyWrap(
        KEY_ID,
        ManagedIdentityCredential(client_id=CLIENT_ID),
        clock,
        transport=AioHttpTransport(session=session, connection_verify=str(vault.authority)),
    )
