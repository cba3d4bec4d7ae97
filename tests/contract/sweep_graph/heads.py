"""Hears what the sweep's client really sends, headers and all."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

from shared.errors import TransientError
from shared.policy.model import Policy
from shared.settings import Settings
from tests.contract.directory.far_end import answer
from tests.contract.sweep_graph.conftest import Connect, Sweep, as_the_sweep, reaching


async def heard(
    settings: Settings, rules: Policy, call: Callable[[Sweep], Awaitable[object]], connect: Connect = as_the_sweep
) -> tuple[str, str]:
    """Gives head and body of the call's first request, which is answered with 503."""
    requests: list[tuple[str, str]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"(?i)content-length: (\d+)", head)
        requests.append((head, (await reader.readexactly(int(length[1]) if length else 0)).decode()))
        writer.write(answer(503))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    async with reaching(settings, url, rules, connect) as sweep:
        with suppress(TransientError):
            await call(sweep)
    server.close()
    await server.wait_closed()
    return requests[0]
