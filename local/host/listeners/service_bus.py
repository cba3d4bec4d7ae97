"""What the Service Bus listeners share: what they listen on, and how they say that they cannot."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver
from azure.servicebus.exceptions import (
    MessagingEntityNotFoundError,
    ServiceBusAuthenticationError,
    ServiceBusAuthorizationError,
    ServiceBusError,
)

from local.host.bindings import Entity
from local.host.connections import Connections, Session
from local.host.listeners.outage import in_short
from local.serving import CannotStartError

_log = logging.getLogger(__name__)

# A namespace that does not answer at all is given up after this; one that refuses says so at once.
_OPEN_SECONDS: Final = 30

Handle = Callable[[ServiceBusReceiver, ServiceBusReceivedMessage], Awaitable[None]]


@dataclass(frozen=True)
class Source:
    """A queue or subscription that a function listens on."""

    function: str
    connection: str
    entity: Entity
    prefetch: int
    connections: Connections

    def receiver(self, *, session: Session | None = None, accept_seconds: float | None = None) -> ServiceBusReceiver:
        """Makes a receiver, which is not open yet."""
        return self.connections.receiver(
            self.connection, self.entity, prefetch=self.prefetch, session=session, accept_seconds=accept_seconds
        )

    async def open(self, receiver: ServiceBusReceiver) -> None:
        """Opens a receiver for the first time. Raises CannotStartError, which says why it cannot be opened."""
        try:
            async with asyncio.timeout(_OPEN_SECONDS):
                await receiver.__aenter__()
        except (ServiceBusError, TimeoutError) as fault:
            raise self.cannot_listen(self._reason(receiver.fully_qualified_namespace, fault)) from fault

    def cannot_listen(self, reason: str) -> CannotStartError:
        """Builds the sentence for the person who starts the host."""
        return CannotStartError(f"Function {self.function} cannot listen: {reason}.")

    def _reason(self, namespace: str, fault: Exception) -> str:
        if isinstance(fault, MessagingEntityNotFoundError):
            return f"there is no {self.entity} in Service Bus at {namespace}"
        if isinstance(fault, ServiceBusAuthenticationError | ServiceBusAuthorizationError):
            return f"Service Bus at {namespace} refuses access to {self.entity}"
        if refers_to_sessions(fault):
            return f"{self.entity} requires sessions; set is_sessions_enabled=True on its trigger"
        return f"Service Bus at {namespace} cannot be reached: {in_short(fault)}"


def refers_to_sessions(fault: BaseException | None) -> bool:
    """Recognises the refusal of a receiver without a session; amqp:not-allowed has no exception of its own."""
    return "requires sessions" in str(fault)


async def close(receiver: ServiceBusReceiver) -> None:
    """Closes a receiver, and never raises."""
    try:
        await receiver.close()
    except Exception as fault:  # noqa: BLE001 - on a dead connection the SDK raises exceptions that are private to it
        _log.debug("A receiver did not close: %s", type(fault).__name__)
