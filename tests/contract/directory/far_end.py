"""A far end that answers with bytes that no well-behaved Graph would send."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from shared.graph.calls import GraphCalls
from shared.graph.client import connect_graph
from shared.graph.directory import GraphDirectory
from shared.graph.mailbox import GraphMailbox
from shared.graph.users import GraphUsers
from shared.settings import Settings
from tests.fakes.clock import MovedClock

JSON = "application/json;odata.metadata=minimal"


def answer(
    status: int,
    body: str = "",
    *,
    content_type: str | None = JSON,
    cut: int = 0,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Writes an answer; `cut` is the number of bytes that its length promises and that never come."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase if status in set(HTTPStatus) else 'Odd'}"]
    lines += [f"Content-Length: {len(body.encode()) + cut}", "Connection: close"]
    lines += [f"Content-Type: {content_type}"] if content_type and body else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", body]).encode()


@dataclass
class FarEnd:
    """Answers by method and the end of the path; what is asked for more than once gets the last answer again."""

    url: str = ""
    answers: dict[tuple[str, str], list[bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def says(self, method: str, path_end: str, *answers: bytes) -> None:
        """Plans the answers to requests; an empty one is silence."""
        self.answers[method, path_end] = list(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Takes one request of a connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"(?i)content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)  # or the answer would be lost with the connection
            said = self._answer(head)
            if not said:
                await reader.read()  # until the client gives up
            writer.write(said)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _answer(self, head: str) -> bytes:
        method, target, _ = head.split("\r\n", 1)[0].split(" ")
        self.asked.append((method, target))
        path = target.partition("?")[0]
        for (wanted, end), answers in self.answers.items():
            if wanted == method and (path.endswith(end) or end == target):
                return answers.pop(0) if len(answers) > 1 else answers[0]
        return answer(404, '{"error": {"code": "Request_ResourceNotFound", "message": "?"}}')


@asynccontextmanager
async def running_far_end() -> AsyncIterator[FarEnd]:
    """Runs a far end until the block ends."""
    far = FarEnd()
    server = await asyncio.start_server(far.serve, "127.0.0.1", 0)
    far.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    try:
        yield far
    finally:
        server.close()
        server.close_clients()
        await server.wait_closed()


@dataclass
class OddReach:
    """The product's side of a test whose far end is odd."""

    far: FarEnd
    directory: GraphDirectory
    users: GraphUsers
    mailbox: GraphMailbox
    calls: GraphCalls
    clock: MovedClock


@asynccontextmanager
async def reaching(far: FarEnd, settings: Settings, **changed: Any) -> AsyncIterator[OddReach]:
    """Reaches a far end with the product's own client."""
    told = settings.model_copy(update={"graph_endpoint": far.url, "graph_timeout_seconds": 5.0, **changed})
    connection, clock = connect_graph(told), MovedClock()
    calls = GraphCalls(clock, told.graph_concurrency, told.graph_timeout_seconds)
    mail_calls = GraphCalls(clock, told.graph_concurrency, told.graph_timeout_seconds)
    directory, users = GraphDirectory(connection.client, calls), GraphUsers(connection.client, calls)
    mailbox = GraphMailbox(connection.client, mail_calls, told.mail_sender)
    try:
        yield OddReach(far, directory, users, mailbox, calls, clock)
    finally:
        await directory.close()
        await connection.close()
