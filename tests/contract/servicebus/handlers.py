"""The SDK's handlers, opened and closed side by side: either takes each of them half a second on its own account."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from azure.servicebus import ServiceBusMessage, ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver, ServiceBusSender

from tests.contract.servicebus.hurry import real

# Longer than anything takes on a slow machine; only what never comes waits as long.
PATIENCE = 20.0
# How long to listen for what should not come.
A_MOMENT = 0.2


_closing: set[asyncio.Task[None]] = set()


@asynccontextmanager
async def opened[*Handlers](*handlers: *Handlers) -> AsyncIterator[tuple[*Handlers]]:
    """Opens senders and receivers together; they are closed behind the back of the tests that follow."""
    try:
        yield await _open(handlers)
    finally:
        for handler in _several(handlers):
            close_later(handler.close())


@asynccontextmanager
async def opened_and_closed[*Handlers](*handlers: *Handlers) -> AsyncIterator[tuple[*Handlers]]:
    """Opens senders and receivers together, and closes them before it goes on."""
    try:
        yield await _open(handlers)
    finally:
        await asyncio.gather(*(handler.close() for handler in _several(handlers)))


def close_later(closing: Coroutine[Any, Any, None]) -> None:
    """Closes something in the background."""
    _closing.add(asyncio.ensure_future(closing))


async def everything_closed() -> None:
    """Waits until all that is being closed is closed."""
    pending = set(_closing)
    await asyncio.gather(*pending)
    _closing.difference_update(pending)


async def _open[Handlers: tuple[object, ...]](handlers: Handlers) -> Handlers:
    await asyncio.gather(*(handler.__aenter__() for handler in _several(handlers)))
    return handlers


def _several(handlers: tuple[object, ...]) -> list[ServiceBusSender | ServiceBusReceiver]:
    return [handler for handler in handlers if isinstance(handler, ServiceBusSender | ServiceBusReceiver)]


async def receive(receiver: ServiceBusReceiver, count: int = 1) -> list[ServiceBusReceivedMessage]:
    """Receives that many messages; a receive call of the SDK may give fewer."""
    messages: list[ServiceBusReceivedMessage] = []
    async with asyncio.timeout(real(PATIENCE)):
        while len(messages) < count:
            messages += await receiver.receive_messages(count - len(messages), max_wait_time=PATIENCE)
    return messages


async def nothing_comes(receiver: ServiceBusReceiver) -> bool:
    """Says whether a receiver gets no message for a moment."""
    return not await receiver.receive_messages(10, max_wait_time=A_MOMENT)


async def left(receiver: ServiceBusReceiver) -> list[ServiceBusReceivedMessage]:
    """Gives what an entity still has. A peek of the SDK begins after what was received last, unless it is told."""
    return await receiver.peek_messages(100, sequence_number=1)


def texts(messages: list[ServiceBusReceivedMessage]) -> list[str]:
    """Gives the bodies."""
    return [str(message) for message in messages]


def message(body: str, session: str | None = None, message_id: str | None = None) -> ServiceBusMessage:
    """Makes a message."""
    return ServiceBusMessage(body, session_id=session, message_id=message_id)
