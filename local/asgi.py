"""Serves an ASGI application on 127.0.0.1 inside the running event loop, and takes no signals."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from local.serving import port_conflict_explained

HOST = "127.0.0.1"
HANG_UP = "local.hang_up"
SECONDS_FOR_OPEN_REQUESTS = 1
SECONDS_FOR_CLIENTS_TO_NOTICE = 0.01
SECONDS_BETWEEN_TICKS = 0.5

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class HangUpProtocol(H11Protocol):
    """Lets the application close the connection without an answer, and never logs a request.

    The application calls `scope["extensions"][HANG_UP]()`.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Hands the transport to every request of this connection."""
        super().connection_made(transport)
        # A query string may hold a phone number, and uvicorn would write it to whatever takes its log.
        self.access_log = False
        application = self.app

        async def with_hang_up(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - uvicorn's private types
            scope.setdefault("extensions", {})[HANG_UP] = transport.abort
            try:
                await application(scope, receive, send)
            except asyncio.CancelledError:  # the server stops and waits no longer
                transport.abort()
                await asyncio.sleep(0)

        self.app = with_hang_up


class Server(uvicorn.Server):
    """uvicorn, stopped by its owner rather than by a signal."""

    def __init__(self, application: Application) -> None:
        config = uvicorn.Config(
            application,
            http=HangUpProtocol,
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            access_log=False,
            server_header=False,
        )
        super().__init__(config)
        self.listens = asyncio.Event()
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Ends the main loop at once."""
        self._stop.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Says when connections are taken."""
        await super().startup(sockets)
        self.listens.set()

    async def main_loop(self) -> None:
        """Ticks for the Date header, and wakes up without delay when it is to stop."""
        while not self._stop.is_set():
            await self.on_tick(0)
            try:
                await asyncio.wait_for(self._stop.wait(), SECONDS_BETWEEN_TICKS)
            except TimeoutError:
                continue

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Lets open requests end, within bounds, and closes every connection. uvicorn's own waits longer for less."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            _, late = await asyncio.wait(self.server_state.tasks, timeout=SECONDS_FOR_OPEN_REQUESTS)
            for task in late:
                task.cancel()
        for server in self.servers:
            server.close_clients()
            await server.wait_closed()
        # A client in this event loop that never closes, such as the Graph SDK's, must see the end of its connection
        # before the loop is gone.
        await asyncio.sleep(SECONDS_FOR_CLIENTS_TO_NOTICE)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals to the program that embeds this."""
        yield


def _listener(port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the socket says that it is TCP; with it each answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    return listener


@asynccontextmanager
async def serving(name: str, application: Application, port: int = 0) -> AsyncIterator[int]:
    """Serves the application until the block ends, and yields the port.

    Raises `CannotStartError` where the port is taken.
    """
    async with port_conflict_explained(name, port):
        listener = _listener(port)
    server = Server(application)
    task = asyncio.create_task(server.serve([listener]))
    try:
        await server.listens.wait()
        yield listener.getsockname()[1]
    finally:
        server.stop()
        await task
        listener.close()
