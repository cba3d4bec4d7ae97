"""What host.json forbids: functions that take too long, and completing a message for its function."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.contract.host.bus import MAX_DELIVERIES, Bus, told
from tests.contract.host.host_process import HostProcess, running_app

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("host-limits")]

HOST_JSON = {"functionTimeout": "00:00:01", "extensions": {"serviceBus": {"autoCompleteMessages": False}}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict(bus: Bus, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HostProcess]:
    settings = {"ServiceBusConnection": bus.connection_string}
    async with running_app("strict", tmp_path_factory.mktemp("app"), HOST_JSON, **settings) as host:
        yield host
        assert await host.stop() == 0


async def test_a_function_over_its_time_is_cancelled_and_its_message_abandoned(bus: Bus, strict: HostProcess) -> None:
    await bus.send("slow", told("slow"))
    await strict.wait_for(MAX_DELIVERIES, function="slow", event="cancelled")
    deliveries = [record["delivery"] for record in strict.records(function="slow", event="begin")]
    assert deliveries == list(range(1, MAX_DELIVERIES + 1))
    await bus.until_empty("slow")
    assert "Timeout value of 00:00:01 was exceeded" in strict.log()


async def test_without_auto_complete_a_message_comes_back_when_its_lock_ends(bus: Bus, strict: HostProcess) -> None:
    await bus.send("left", told("left"))
    records = await strict.wait_for(2, function="left")
    assert [record["delivery"] for record in records] == [1, 2]


async def test_a_trigger_may_have_its_messages_completed_all_the_same(bus: Bus, strict: HostProcess) -> None:
    await bus.send("completed", told("completed"))
    await strict.wait_for(function="completed")
    await bus.until_empty("completed")
