"""Whoever takes a message off the queue with a tool of his own is found, with the real broker and what it counts."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from azure.identity.aio import ManagedIdentityCredential
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver

from local.identity.server import running_identity
from local.monitor.server import RESOURCE_ID, running_monitor
from local.servicebus.config import DEFAULT_CONFIG
from local.servicebus.server import Broker, running_broker
from shared.clock import SystemClock
from shared.monitor.address import namespace_id
from shared.monitor.completion_count import MonitorCompletionCount
from shared.reconciliation.matching import MINUTE, Balance, Receipt, match, minute_of
from shared.reconciliation.receipts import Receipts
from tests.unit.reconciliation.fakes import MemoryReceipts

QUEUE = "phone-approvals"


@pytest.fixture
async def broker() -> AsyncIterator[Broker]:
    async with running_broker(DEFAULT_CONFIG) as running:
        yield running


@pytest.fixture
async def count(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MonitorCompletionCount]:
    async with running_identity() as identity, running_monitor(broker.namespace, identity.key) as endpoint:
        for name, value in identity.environment.items():
            monkeypatch.setenv(name, value)
        count = MonitorCompletionCount(endpoint, RESOURCE_ID, ManagedIdentityCredential(), SystemClock())
        yield count
        await count.close()


async def test_a_message_that_is_completed_without_a_function_has_vanished(
    broker: Broker, count: MonitorCompletionCount
) -> None:
    begin, store = minute_of(SystemClock().now()), MemoryReceipts()
    book = Receipts(SystemClock(), store)
    async with (
        ServiceBusClient.from_connection_string(broker.connection_string) as client,
        client.get_queue_sender(QUEUE) as sender,
        client.get_queue_receiver(QUEUE) as receiver,
    ):
        await sender.send_messages([ServiceBusMessage(f"A-{number}") for number in range(3)])
        for number in range(3):
            await take(receiver, book if number else None)
    until = begin + timedelta(minutes=5)
    completed = await count.completed(QUEUE, begin, until)
    assert sum(counted.messages for counted in completed) == 3
    receipts = await store.between(QUEUE, begin, until)
    matched = match(Balance(begin, Receipt(begin - MINUTE, -1)), completed, receipts, until)
    assert (len(receipts), matched.vanished) == (2, 1)


async def take(receiver: ServiceBusReceiver, book: Receipts | None) -> None:
    """Takes one message and completes it: as a function does, or as a thief does."""
    (message,) = await receiver.receive_messages(max_message_count=1, max_wait_time=10)
    if book is not None:
        await book.received(QUEUE, message.sequence_number or 0)
    await receiver.complete_message(message)


def test_the_local_namespaces_id_is_one_that_the_settings_take() -> None:
    assert namespace_id(RESOURCE_ID) == RESOURCE_ID
