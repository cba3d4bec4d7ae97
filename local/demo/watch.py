"""Watches the events as a subscriber does, and looks into the entities that must be empty at the end."""

import json
from collections.abc import AsyncIterator
from typing import Any

from azure.servicebus import ServiceBusSubQueue
from azure.servicebus.aio import ServiceBusClient

AUDIT = "audit"
_POLL_SECONDS = 0.5
_PEEKED = 250


async def events(client: ServiceBusClient, topic: str) -> AsyncIterator[dict[str, Any] | None]:
    """Gives every event of the audit subscription; None whenever there was none for a moment."""
    async with client.get_subscription_receiver(topic, AUDIT) as receiver:
        while True:
            batch = await receiver.receive_messages(max_message_count=20, max_wait_time=_POLL_SECONDS)
            for message in batch:
                yield json.loads(b"".join(message.body))
                await receiver.complete_message(message)
            if not batch:
                yield None


async def waiting_in_subscription(client: ServiceBusClient, topic: str, subscription: str) -> int:
    """Counts the messages of a subscription, those under way included."""
    async with client.get_subscription_receiver(topic, subscription) as receiver:
        return len(await receiver.peek_messages(max_message_count=_PEEKED))


async def waiting_in_queue(client: ServiceBusClient, queue: str, *, dead: bool = False) -> int:
    """Counts the messages of a queue without sessions, or of a queue's dead-letter queue."""
    sub_queue = ServiceBusSubQueue.DEAD_LETTER if dead else None
    async with client.get_queue_receiver(queue, sub_queue=sub_queue) as receiver:
        return len(await receiver.peek_messages(max_message_count=_PEEKED))
