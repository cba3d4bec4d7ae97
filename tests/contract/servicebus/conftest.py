import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack

import pytest
import pytest_asyncio
from azure.servicebus.aio import ServiceBusClient

from local.servicebus.clock import ManualClock, SystemClock
from tests.contract.servicebus.handlers import close_later, everything_closed
from tests.contract.servicebus.hurry import HurriedLoop
from tests.contract.servicebus.running import BrokerThread, broker_in_thread


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Gives the tests of this folder a loop in which the SDK's sleeps are short."""
    return {"hurried": HurriedLoop}


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def _nothing_is_left() -> AsyncIterator[None]:
    """Waits at the end of a module until all is closed and all brokers have ended."""
    yield
    await everything_closed()


@pytest_asyncio.fixture(loop_scope="module")
async def client_and_broker() -> AsyncIterator[tuple[ServiceBusClient, BrokerThread]]:
    """Runs a broker for one test; both end when the SDK has taken its time to close its handlers."""
    stack = ExitStack()
    broker = stack.enter_context(broker_in_thread(ManualClock()))
    client = ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0)

    async def end() -> None:
        await client.close()
        await asyncio.to_thread(stack.close)

    yield client, broker
    close_later(end())


@pytest.fixture
def client(client_and_broker: tuple[ServiceBusClient, BrokerThread]) -> ServiceBusClient:
    """Gives a client of this test's own broker."""
    return client_and_broker[0]


@pytest.fixture
def broker(client_and_broker: tuple[ServiceBusClient, BrokerThread]) -> BrokerThread:
    """Gives this test's own broker, whose time stands still until the test moves it."""
    return client_and_broker[1]


@pytest.fixture
def lone_broker() -> Iterator[BrokerThread]:
    """Runs a broker for tests with clients of their own."""
    with broker_in_thread(ManualClock()) as running:
        yield running


@pytest.fixture
def real_time_broker() -> Iterator[BrokerThread]:
    """Runs a broker that goes by the machine's clock."""
    with broker_in_thread(SystemClock()) as running:
        yield running
