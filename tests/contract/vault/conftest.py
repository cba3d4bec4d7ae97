"""A vault on a loopback address, an identity, and the product's side of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from azure.keyvault.keys._shared import HttpChallengeCache

from local.identity.server import running_identity
from shared.vault.key_vault import KeyVaultKeyWrap
from tests.contract.vault.reach import reaching
from tests.contract.vault.stand_in import Resolver, StandIn, running_stand_in
from tests.fakes.clock import MovedClock


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StandIn]:
    HttpChallengeCache.clear()
    async with running_identity() as identity, running_stand_in(tmp_path, identity.key) as running:
        for name, value in identity.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def resolver(vault: StandIn) -> Resolver:
    return Resolver(vault.port)


@pytest.fixture
async def wrap(vault: StandIn, resolver: Resolver, clock: MovedClock) -> AsyncIterator[KeyVaultKeyWrap]:
    wrap = reaching(vault, resolver, clock)
    yield wrap
    await wrap.close()
