"""Opens Service Bus once per worker, with the identity in Azure and a connection string locally."""

from azure.identity.aio import ManagedIdentityCredential
from azure.servicebus.aio import ServiceBusClient

from shared.command_settings import CommandSettings

# What cannot be sent is kept in the outbox or postponed: no need to try for long under the lock.
_RETRIES = 1


class BusConnection:
    """A Service Bus client with the credential that must be closed after it."""

    def __init__(self, settings: CommandSettings) -> None:
        self._credential: ManagedIdentityCredential | None = None
        if settings.service_bus_connection:
            text = settings.service_bus_connection.get_secret_value()
            self.client = ServiceBusClient.from_connection_string(text, retry_total=_RETRIES)
        else:
            self._credential = ManagedIdentityCredential(client_id=settings.service_bus_client_id)
            namespace = settings.service_bus_namespace or ""
            self.client = ServiceBusClient(namespace, self._credential, retry_total=_RETRIES)

    async def close(self) -> None:
        """Closes the links and the credential."""
        await self.client.close()
        if self._credential:
            await self._credential.close()
