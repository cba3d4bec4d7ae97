from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.contract.host.bus import Bus, running_bus
from tests.contract.host.host_process import HostProcess, running_app

# What the observing app is run with: four sessions at a time, each let go after half a second without a message.
OBSERVER_HOST_JSON = {
    "functionTimeout": "00:00:20",
    "extensions": {
        "serviceBus": {"maxConcurrentSessions": 4, "maxConcurrentCalls": 4, "sessionIdleTimeout": "00:00:00.5"}
    },
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bus(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bus]:
    async with running_bus(tmp_path_factory.mktemp("bus")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def observer(bus: Bus, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HostProcess]:
    settings = {"ServiceBusConnection": bus.connection_string, "SEEN_QUEUE": "seen", "EVERY": "0 0 0 1 1 *"}
    async with running_app("observer", tmp_path_factory.mktemp("app"), OBSERVER_HOST_JSON, **settings) as host:
        yield host
        assert await host.stop() == 0
