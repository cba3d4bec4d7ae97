"""The deployment's queues, topic and filters, run by the local Service Bus, behave as the template says."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from azure.servicebus import ServiceBusMessage, ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver
from azure.servicebus.exceptions import ServiceBusError

from local.servicebus.config import DEFAULT_CONFIG
from local.servicebus.server import Broker, running_broker

TEMPLATE: dict[str, Any] = json.loads(DEFAULT_CONFIG.read_text(encoding="utf-8"))
QUEUES: dict[str, dict[str, Any]] = {each["name"]: each["properties"] for each in TEMPLATE["queues"]}
(TOPIC,) = TEMPLATE["topics"]
SUBSCRIPTIONS = {each["name"]: each for each in TOPIC["subscriptions"]}
WAIT_SECONDS = 5
EMPTY_SECONDS = 0.5


@pytest_asyncio.fixture
async def client() -> AsyncIterator[ServiceBusClient]:
    async with running_broker(DEFAULT_CONFIG) as broker, _client_of(broker) as client:
        yield client


def _client_of(broker: Broker) -> ServiceBusClient:
    return ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0)


async def all_of(receiver: ServiceBusReceiver) -> list[ServiceBusReceivedMessage]:
    async with receiver:
        found = await receiver.receive_messages(10, max_wait_time=WAIT_SECONDS)
        found += await receiver.receive_messages(10, max_wait_time=EMPTY_SECONDS)
        for message in found:
            await receiver.complete_message(message)
        return found


@pytest.mark.parametrize("name", QUEUES)
async def test_a_queue_takes_copies_as_the_template_says(client: ServiceBusClient, name: str) -> None:
    told = QUEUES[name]
    session = "anna" if told["requiresSession"] else None
    async with client.get_queue_sender(name) as sender:
        for _ in range(2):
            await sender.send_messages(ServiceBusMessage(b"{}", message_id="one", session_id=session))
    options: dict[str, Any] = {"session_id": session} if session else {}
    found = await all_of(client.get_queue_receiver(name, **options))
    assert len(found) == (1 if told["requiresDuplicateDetection"] else 2)


@pytest.mark.parametrize("name", [name for name, told in QUEUES.items() if told["requiresSession"]])
async def test_a_queue_with_sessions_gives_nothing_to_whoever_names_none(client: ServiceBusClient, name: str) -> None:
    with pytest.raises(ServiceBusError):
        await all_of(client.get_queue_receiver(name))


@pytest.mark.parametrize("outcome", ["changed", "already_correct", "held", "sweep_finished", "brake_engaged"])
async def test_a_subscription_gets_what_its_rules_let_through(client: ServiceBusClient, outcome: str) -> None:
    async with client.get_topic_sender(TOPIC["name"]) as sender:
        await sender.send_messages(ServiceBusMessage(b"{}", application_properties={"outcome": outcome}))
    rules = [rule["properties"] for rule in SUBSCRIPTIONS["notifications"]["rules"]]
    meant = outcome in {rule["correlationFilter"]["properties"]["outcome"] for rule in rules}
    assert meant is (outcome in {"changed", "already_correct", "held"})
    found = await all_of(client.get_subscription_receiver(TOPIC["name"], "notifications", max_wait_time=WAIT_SECONDS))
    assert len(found) == meant
    assert len(await all_of(client.get_subscription_receiver(TOPIC["name"], "audit"))) == 1


@pytest.mark.parametrize("name", SUBSCRIPTIONS)
async def test_an_event_that_nobody_can_take_waits_in_the_queue_that_the_template_names(
    client: ServiceBusClient, name: str
) -> None:
    async with client.get_topic_sender(TOPIC["name"]) as sender:
        await sender.send_messages(ServiceBusMessage(b"{}", application_properties={"outcome": "changed"}))
    async with client.get_subscription_receiver(TOPIC["name"], name) as receiver:
        (message,) = await receiver.receive_messages(max_wait_time=WAIT_SECONDS)
        await receiver.dead_letter_message(message, reason="mail_refused")
    target = SUBSCRIPTIONS[name]["properties"]["forwardDeadLetteredMessagesTo"]
    (dead,) = await all_of(client.get_queue_receiver(target))
    assert (dead.application_properties or {})[b"DeadLetterReason"] == b"mail_refused"


async def test_deliveries_end_where_the_template_says(client: ServiceBusClient) -> None:
    async with client.get_queue_sender("phone-approvals") as sender:
        await sender.send_messages(ServiceBusMessage(b"{}"))
    async with client.get_queue_receiver("phone-approvals") as receiver:
        for _ in range(QUEUES["phone-approvals"]["maxDeliveryCount"]):
            (message,) = await receiver.receive_messages(max_wait_time=WAIT_SECONDS)
            await receiver.abandon_message(message)
        assert await receiver.receive_messages(max_wait_time=EMPTY_SECONDS) == []
    async with client.get_queue_receiver("phone-approvals", sub_queue="deadletter") as dead:
        assert len(await dead.receive_messages(max_wait_time=WAIT_SECONDS)) == 1
