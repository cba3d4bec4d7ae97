from collections.abc import AsyncIterator
from pathlib import Path  # noqa: TC003 - pytest reads annotations

import pytest
import pytest_asyncio

from local.azurite import running_azurite
from shared.blobs.store import BlobStore
from shared.command_settings import CommandSettings
from tests.unit.test_settings import BUS


def settings(connection: str) -> CommandSettings:
    return CommandSettings.model_validate({"ServiceBusConnection": BUS, "StateStorage": connection})


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def azurite(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    logs: Path = tmp_path_factory.mktemp("azurite")
    async with running_azurite(logs) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="package")
async def store(azurite: str) -> AsyncIterator[BlobStore]:
    store = BlobStore(settings(azurite))
    yield store
    await store.close()
