"""The end of the host and the end of the broker: running work is finished, and nothing is left behind."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.contract.host.bus import Bus, running_bus, told
from tests.contract.host.conftest import OBSERVER_HOST_JSON
from tests.contract.host.host_process import HostProcess, running_app

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("host-stop")]


def settings(bus: Bus) -> dict[str, str]:
    return {"ServiceBusConnection": bus.connection_string, "SEEN_QUEUE": "seen", "EVERY": "0 0 0 1 1 *"}


async def stopped_while_running(host: HostProcess, bus: Bus) -> int:
    """Stops a host in the middle of an invocation of each kind, with more messages waiting."""
    await bus.send("plain", *(told(f"plain-{n}", do="sleep", seconds=1.5) for n in range(5)))
    await bus.send("ordered", told("ordered-0", "s", do="sleep", seconds=1.5), told("ordered-1", "s"))
    await host.wait_for(4, function="plain", event="begin")
    await host.wait_for(function="ordered", event="begin")
    return await host.stop()


async def test_a_stop_lets_running_invocations_finish_and_takes_no_more(bus: Bus, tmp_path: Path) -> None:
    async with running_app("observer", tmp_path, OBSERVER_HOST_JSON, **settings(bus)) as host:
        assert await stopped_while_running(host, bus) == 0
        assert len(host.records(function="plain", event="end")) == 4
        assert [record["id"] for record in host.records(function="ordered", event="end")] == ["ordered-0"]
        assert [message.message_id for message in await bus.peek("plain")] == ["plain-4"]
        assert "ERROR" not in host.log()


async def test_a_broker_that_goes_away_is_said_once_and_the_host_comes_back_with_it(tmp_path: Path) -> None:
    app = tmp_path / "app"
    await asyncio.to_thread(app.mkdir)
    async with running_bus(tmp_path) as bus:
        port, told_settings = bus.port, settings(bus)
        host_context = running_app("observer", app, OBSERVER_HOST_JSON, **told_settings)
        host = await host_context.__aenter__()
    try:
        await host.until(lambda: "Function ordered lost Service Bus" in host.log(), "word of the outage")
        await asyncio.sleep(1)
        async with running_bus(tmp_path, port) as bus:
            await bus.send("plain", told("back"))
            await bus.send("ordered", told("back in order", "s"))
            await host.wait_for(event="end", id="back")
            await host.wait_for(event="end", id="back in order")
            assert host.log().count("Function plain lost Service Bus") == 1
            assert host.log().count("Function ordered lost Service Bus") == 1
            assert await host.stop() == 0
    finally:
        await host_context.__aexit__(None, None, None)


async def test_a_function_that_never_yields_does_not_keep_the_host_from_ending(bus: Bus, tmp_path: Path) -> None:
    host_json = OBSERVER_HOST_JSON | {"functionTimeout": "00:00:01"}
    async with running_app("observer", tmp_path, host_json, **settings(bus)) as host:
        await bus.send("ordered", told("stuck", "stuck", do="block", seconds=120))
        await host.until(lambda: "Timeout value of 00:00:01 was exceeded" in host.log(), "time-out")
        started = time.monotonic()
        assert await host.stop() == 0
        assert time.monotonic() - started < 40
