"""Connections to Service Bus: from a setting's name to the one client that everything with that name shares."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal, Self

from azure.servicebus import ServiceBusReceiveMode, ServiceBusSessionFilter, TransportType
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender

from local.serving import CannotStartError

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

    from local.host.bindings import Entity

# The host repeats by itself and sees what happened; a receiver that waits for a session would multiply its wait.
_NO_SDK_RETRIES: Final = 0

Session = str | Literal[ServiceBusSessionFilter.NEXT_AVAILABLE]


@dataclass(frozen=True)
class ConnectionString:
    """A connection with its key, as on one machine."""

    value: str


@dataclass(frozen=True)
class IdentityConnection:
    """A connection of an identity, as in Azure."""

    namespace: str
    managed: bool
    client_id: str | None


def resolve_connection(name: str, settings: Mapping[str, str]) -> ConnectionString | IdentityConnection:
    """Finds a connection as Functions does: the setting of exactly that name wins over `<name>__*`.

    Raises CannotStartError when neither is there.
    See https://learn.microsoft.com/azure/azure-functions/functions-reference#connections.
    """
    names = (name, f"AzureWebJobs{name}")
    for exact in names:
        if exact in settings:
            return _connection_string(exact, settings)
    for prefix in names:
        if namespace := settings.get(f"{prefix}__fullyQualifiedNamespace"):
            managed = settings.get(f"{prefix}__credential", "").lower() == "managedidentity"
            return IdentityConnection(namespace, managed, settings.get(f"{prefix}__clientId"))
    message = f"The connection {name} is not set: neither {name} nor {name}__fullyQualifiedNamespace is a setting."
    raise CannotStartError(message)


def _connection_string(name: str, settings: Mapping[str, str]) -> ConnectionString:
    if settings[name].strip():
        return ConnectionString(settings[name])
    message = f"The setting {name} is empty, and it wins over {name}__fullyQualifiedNamespace; fill it or take it away."
    raise CannotStartError(message)


class Connections:
    """The Service Bus clients of the host, one per connection setting."""

    def __init__(self, settings: Mapping[str, str], transport: TransportType = TransportType.Amqp) -> None:
        self._settings = settings
        self._transport = transport
        self._clients: dict[str, ServiceBusClient] = {}
        self._opened = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self._opened.aclose()

    def client(self, connection: str) -> ServiceBusClient:
        """Gives the client of a connection setting. Raises CannotStartError when the setting is missing or no good."""
        if connection not in self._clients:
            self._clients[connection] = self._new_client(connection)
            self._opened.push_async_callback(self._clients[connection].close)
        return self._clients[connection]

    def receiver(
        self,
        connection: str,
        entity: "Entity",
        *,
        prefetch: int,
        session: Session | None = None,
        accept_seconds: float | None = None,
    ) -> ServiceBusReceiver:
        """Makes a receiver that locks what it receives."""
        client = self.client(connection)
        get_receiver = (
            partial(client.get_subscription_receiver, entity.name, entity.subscription)
            if entity.subscription
            else partial(client.get_queue_receiver, entity.name)
        )
        return get_receiver(
            receive_mode=ServiceBusReceiveMode.PEEK_LOCK,
            prefetch_count=prefetch,
            session_id=session,
            max_wait_time=accept_seconds,
            sub_queue=entity.sub_queue,
        )

    def sender(self, connection: str, entity: "Entity") -> ServiceBusSender:
        """Makes a sender; Service Bus does not tell a queue from a topic when it is sent to."""
        return self.client(connection).get_queue_sender(entity.name)

    def _new_client(self, connection: str) -> ServiceBusClient:
        resolved = resolve_connection(connection, self._settings)
        if isinstance(resolved, IdentityConnection):
            return ServiceBusClient(
                resolved.namespace,
                self._credential(resolved),
                retry_total=_NO_SDK_RETRIES,
                transport_type=self._transport,
            )
        try:
            return ServiceBusClient.from_connection_string(
                resolved.value, retry_total=_NO_SDK_RETRIES, transport_type=self._transport
            )
        except ValueError as fault:
            # The SDK's sentence names the missing part and never repeats the key.
            message = f"The setting {connection} is not a Service Bus connection string: {fault}"
            raise CannotStartError(message) from fault

    def _credential(self, identity: IdentityConnection) -> "AsyncTokenCredential":
        # Imported here because it takes a quarter of a second, and a connection string needs none of it.
        from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential  # noqa: PLC0415

        credential: DefaultAzureCredential | ManagedIdentityCredential
        if identity.managed:
            credential = ManagedIdentityCredential(client_id=identity.client_id)
        else:
            credential = DefaultAzureCredential(managed_identity_client_id=identity.client_id)
        self._opened.push_async_callback(credential.close)
        return credential
