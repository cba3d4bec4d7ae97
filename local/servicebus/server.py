"""The broker: a namespace that listens on a port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from local.servicebus.amqp.errors import CONNECTION_FORCED
from local.servicebus.attaching import Attacher
from local.servicebus.clock import Clock, SystemClock
from local.servicebus.config import read_config
from local.servicebus.connection import Connection
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.settings import NamespaceSettings
from local.servicebus.keep_alive import IDLE_TIMEOUT_SECONDS
from local.serving import port_conflict_explained


class Broker:
    """A running broker."""

    def __init__(self, namespace: Namespace, clock: Clock, idle_timeout: float) -> None:
        self.namespace = namespace
        self.host = ""
        self.port = 0
        self._clock = clock
        self._idle_timeout = idle_timeout
        self._connections: set[Connection] = set()

    @property
    def address(self) -> str:
        """Gives the host and port as a URL writes them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def connection_string(self) -> str:
        """Gives the string with which the SDKs find the broker; they compare the flag's value with its case."""
        return f"Endpoint=sb://{self.address};SharedAccessKeyName=local;SharedAccessKey=bG9jYWw=;UseDevelopmentEmulator=true"

    @property
    def connection_count(self) -> int:
        """Counts the clients."""
        return len(self._connections)

    def meet(self) -> Connection:
        """Makes the protocol of a new connection."""
        connection = Connection(Attacher(self.namespace, self._clock), self._connections.discard, self._idle_timeout)
        self._connections.add(connection)
        return connection

    def drop_connections(self) -> None:
        """Closes every connection, as a broker does that moves or restarts."""
        for connection in list(self._connections):
            connection.close(CONNECTION_FORCED, "The broker closes the connection.")


@asynccontextmanager
async def running_broker(
    config: Path | NamespaceSettings,
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    clock: Clock | None = None,
    idle_timeout: float = IDLE_TIMEOUT_SECONDS,
) -> AsyncIterator[Broker]:
    """Runs a broker for the length of a block. Time that locks, schedules and expiry go by is that of `clock`.

    Raises ConfigError and CannotStartError.
    """
    settings = read_config(config) if isinstance(config, Path) else config
    time = clock or SystemClock()
    broker = Broker(Namespace(settings, time), time, idle_timeout)
    async with port_conflict_explained("Service Bus", port):
        server = await asyncio.get_running_loop().create_server(broker.meet, host, port)
    broker.host, broker.port = server.sockets[0].getsockname()[:2]
    try:
        yield broker
    finally:
        server.close()
        broker.drop_connections()
        # A client that does not read its farewell is not waited for.
        await asyncio.sleep(0)
        server.abort_clients()
        await server.wait_closed()
