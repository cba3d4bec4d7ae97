from collections.abc import AsyncIterator
from pathlib import Path  # noqa: TC003 - pytest reads annotations

import pytest
import pytest_asyncio

from local.azurite import running_azurite
from shared.settings import Settings
from shared.tables.store import TableStore
from tests.unit.test_settings import BUS, KEY


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def azurite(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    logs: Path = tmp_path_factory.mktemp("azurite")
    async with running_azurite(logs) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="package")
async def store(azurite: str) -> AsyncIterator[TableStore]:
    connections = {"ServiceBusConnection": BUS, "StateStorage": azurite}
    told = {**connections, "mail_sender": "a@b.c", "number_hmac_key": KEY, "undo_key_file": "undo.key"}
    store = TableStore(Settings.model_validate(told))
    yield store
    await store.close()
