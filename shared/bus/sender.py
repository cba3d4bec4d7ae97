"""One open sender per entity, shared by all invocations of a worker."""

import asyncio
from collections.abc import Callable
from uuid import UUID

from azure.core.exceptions import AzureError
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusSender
from azure.servicebus.exceptions import MessageSizeExceededError, ServiceBusError

from shared.errors import BusUnavailableError, MessageTooLargeError
from shared.messages.decode import told_name
from shared.messages.received import TRACEPARENT, Properties
from shared.telemetry.sending import sending

type BusProperties = dict[str | bytes, int | float | bytes | str | UUID]


def bus_properties(properties: Properties) -> BusProperties:
    """Gives application properties in the SDK's wider type."""
    return dict(properties.items())


class SharedSender:
    """Sends one message at a time: the SDK's sender is not made for concurrent use."""

    def __init__(self, open_sender: Callable[[], ServiceBusSender]) -> None:
        self._open = open_sender
        self._sender: ServiceBusSender | None = None
        self._lock = asyncio.Lock()

    async def send(self, message: ServiceBusMessage) -> None:
        """Sends a message, scheduled where it carries a scheduled enqueue time.

        One that belongs to a trace carries the span of its sending on. Raises BusUnavailableError, and
        MessageTooLargeError, which no later attempt mends.
        """
        async with self._lock:
            try:
                self._sender = self._sender or self._open()
                await _send(self._sender, message)
            except MessageSizeExceededError as fault:
                raise MessageTooLargeError from fault
            except (ServiceBusError, AzureError, OSError) as fault:
                await self._give_up()
                message_text = f"Service Bus did not take a message ({type(fault).__name__})."
                raise BusUnavailableError(message_text) from fault

    async def close(self) -> None:
        """Closes the sender, if it is open."""
        async with self._lock:
            await self._give_up()

    async def _give_up(self) -> None:
        """Drops a sender that failed; the next message opens a fresh one."""
        sender, self._sender = self._sender, None
        if sender is not None:
            await sender.close()


async def _send(sender: ServiceBusSender, message: ServiceBusMessage) -> None:
    properties = message.application_properties or {}
    belongs_to = str(properties.get(TRACEPARENT, ""))
    with sending(sender.entity_name, told_name(message.message_id or ""), belongs_to) as traceparent:
        if belongs_to:
            message.application_properties = {**properties, TRACEPARENT: traceparent}
        await sender.send_messages(message)
