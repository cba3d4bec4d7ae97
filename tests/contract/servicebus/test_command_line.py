"""`python -m local.servicebus`: it says that it is ready, ends when it is told to, and explains why it cannot start."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from azure.servicebus.aio import ServiceBusClient

from tests.contract.servicebus.handlers import PATIENCE, message, opened_and_closed, receive, texts
from tests.contract.servicebus.hurry import real

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANNOT_START = 2


@asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "local.servicebus",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def failing(*arguments: str) -> tuple[int | None, str]:
    async with started(*arguments) as process:
        _, stderr = await asyncio.wait_for(process.communicate(), real(PATIENCE))
    return process.returncode, stderr.decode()


async def ready_url(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), real(PATIENCE))).decode()
    assert line.startswith("Service Bus listens on amqp://127.0.0.1:")
    return line.split()[-1]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_until_it_is_told_to_end_and_then_ends_at_once(how: signal.Signals) -> None:
    async with started("--port", "0") as process:
        endpoint = (await ready_url(process)).replace("amqp", "sb")
        string = f"Endpoint={endpoint};SharedAccessKeyName=x;SharedAccessKey=eA==;UseDevelopmentEmulator=true"
        async with ServiceBusClient.from_connection_string(string) as client:
            name = "phone-changes-parked"
            async with opened_and_closed(client.get_queue_sender(name), client.get_queue_receiver(name)) as (
                sender,
                receiver,
            ):
                await sender.send_messages(message("hello"))
                assert texts(await receive(receiver)) == ["hello"]
                # With clients connected: they are what an end could hang on.
                process.send_signal(how)
                _, stderr = await asyncio.wait_for(process.communicate(), real(PATIENCE))
        assert (process.returncode, stderr) == (0, b"")


async def test_a_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, stderr = await failing("--port", str(port))
    assert status == CANNOT_START
    assert f"Service Bus cannot listen on port {port}: " in stderr
    assert len(stderr.splitlines()) == 1


async def test_azure_monitor_listens_beside_it_when_it_is_asked_for(tmp_path: Path) -> None:
    async with started("--port", "0", "--monitor-port", "0", "--key-file", str(tmp_path / "key")) as process:
        assert process.stdout is not None
        told = [(await asyncio.wait_for(process.stdout.readline(), real(PATIENCE))).decode() for _ in range(2)]
        assert told[0].startswith("Azure Monitor listens on http://127.0.0.1:")
        assert told[1].startswith("Service Bus listens on amqp://127.0.0.1:")
        process.terminate()
        _, stderr = await asyncio.wait_for(process.communicate(), real(PATIENCE))
    assert (process.returncode, stderr) == (0, b"")


async def test_what_azure_monitor_cannot_start_with_is_one_sentence(tmp_path: Path) -> None:
    key = tmp_path / "key"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, stderr = await failing("--port", "0", "--monitor-port", port, "--key-file", str(key))
    assert status == CANNOT_START
    assert stderr.startswith(f"Azure Monitor cannot listen on port {port}: ")
    key.write_text("no key")
    status, told = await failing("--port", "0", "--monitor-port", "0", "--key-file", str(key))
    assert (status, told.splitlines()) == (
        CANNOT_START,
        [f"The key file {key} does not hold a key; delete it to have a new one made."],
    )
    assert len(stderr.splitlines()) == 1


async def test_a_config_that_cannot_be_used_lists_its_faults(tmp_path: Path) -> None:
    path = tmp_path / "Config.json"
    queues = [{"Name": "a", "Properties": {"LockDuration": "long", "Colour": "red"}}, {"Name": "A"}]
    told = {"UserConfig": {"Namespaces": [{"Name": "n", "Queues": queues, "Topics": []}]}}
    path.write_text(json.dumps(told))
    status, stderr = await failing("--config", str(path), "--port", "0")
    assert status == CANNOT_START
    assert "Traceback" not in stderr
    lines = stderr.splitlines()
    assert lines[0] == f"{path} cannot be used:"
    assert [("LockDuration" in line, "Colour" in line, "'A'" in line) for line in lines[1:]].count((False,) * 3) == 0
    assert len(lines) == 4


async def test_a_config_that_does_not_exist_is_named(tmp_path: Path) -> None:
    status, stderr = await failing("--config", str(tmp_path / "none.json"))
    assert status == CANNOT_START
    assert stderr == f"Cannot read the configuration {tmp_path / 'none.json'}: No such file or directory.\n"


async def test_help_names_the_options_and_a_wrong_port_is_refused() -> None:
    async with started("--help") as process:
        stdout, _ = await process.communicate()
    for option in ("--config", "--port", "--host", "--log-level", "UseDevelopmentEmulator=true"):
        assert option in stdout.decode()
    status, stderr = await failing("--port", "70000")
    assert status == CANNOT_START
    assert "is no port" in stderr
