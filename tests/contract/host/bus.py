"""The Service Bus of these tests: its entities, and a client that sends and looks."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from azure.servicebus import ServiceBusMessage, ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender

from local.servicebus.server import running_broker

LOCK_SECONDS = 3
MAX_DELIVERIES = 3


class Bus:
    """A broker, and what tests do with it."""

    def __init__(self, connection_string: str, port: int, client: ServiceBusClient) -> None:
        self.connection_string = connection_string
        self.port = port
        self._client = client
        self._senders: dict[str, ServiceBusSender] = {}
        self._receivers: dict[str, ServiceBusReceiver] = {}

    async def send(self, entity: str, *messages: ServiceBusMessage) -> None:
        """Sends messages to a queue or topic, in their order."""
        if entity not in self._senders:
            self._senders[entity] = self._client.get_queue_sender(entity)
        await self._senders[entity].send_messages(list(messages))

    async def peek(self, queue: str) -> list[ServiceBusReceivedMessage]:
        """Looks at what a queue without sessions holds, locked or not."""
        if queue not in self._receivers:
            self._receivers[queue] = self._client.get_queue_receiver(queue)
        return await self._receivers[queue].peek_messages(100, sequence_number=1)

    async def until_empty(self, queue: str) -> None:
        """Waits until a queue holds nothing any more: completing comes a moment after the function's end."""
        async with asyncio.timeout(30):
            while await self.peek(queue):  # noqa: ASYNC110 - a queue in a broker has no event to wait for
                await asyncio.sleep(0.05)

    async def accept(self, topic: str, subscription: str, session: str) -> None:
        """Accepts a session, which takes until nobody else holds it."""
        async with self._client.get_subscription_receiver(topic, subscription, session_id=session):
            pass

    async def close(self) -> None:
        """Closes the links, all at the same time: each takes the SDK up to a second."""
        await asyncio.gather(*(link.close() for link in (*self._senders.values(), *self._receivers.values())))


def told(message_id: str, session: str | None = None, **what: object) -> ServiceBusMessage:
    """Makes a message whose body tells the observing app what to do."""
    return ServiceBusMessage(json.dumps(what), message_id=message_id, session_id=session)


@asynccontextmanager
async def running_bus(directory: Path, port: int = 0) -> AsyncIterator[Bus]:
    """Runs a broker with the entities of these tests."""
    config = directory / "Config.json"
    config.write_text(json.dumps(_config()))
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(running_broker(config, port=port))
        client = await stack.enter_async_context(ServiceBusClient.from_connection_string(broker.connection_string))
        bus = Bus(broker.connection_string, broker.port, client)
        stack.push_async_callback(bus.close)
        yield bus


def _config() -> dict[str, Any]:
    # Where locks are short they must be kept, or end by themselves, within a test. Where they are long, whatever comes
    # back was given back.
    short = {"LockDuration": f"PT{LOCK_SECONDS}S", "MaxDeliveryCount": MAX_DELIVERIES}
    long = {"LockDuration": "PT5M", "MaxDeliveryCount": MAX_DELIVERIES}
    names = ("seen", "plain", "forwarded", "returned", "slow", "completed")
    queues = [{"Name": name, "Properties": long} for name in names]
    queues.append({"Name": "left", "Properties": short})
    queues.append({"Name": "ordered", "Properties": short | {"RequiresSession": True}})
    subscriptions = [
        {"Name": "all", "Properties": short},
        {"Name": "by-user", "Properties": long | {"RequiresSession": True}},
    ]
    topics = [{"Name": "events", "Properties": {}, "Subscriptions": subscriptions}]
    namespace = {"Name": "sbemulatorns", "Queues": queues, "Topics": topics}
    return {"UserConfig": {"Namespaces": [namespace], "Logging": {"Type": "Console"}}}
