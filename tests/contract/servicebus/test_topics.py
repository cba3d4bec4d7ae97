"""Topics and subscriptions, with the asynchronous SDK."""

import pytest
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusMessage, ServiceBusSubQueue
from azure.servicebus.aio import ServiceBusClient

from tests.contract.servicebus.handlers import PATIENCE, left, message, opened, receive, texts
from tests.contract.servicebus.running import BrokerThread

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_subscriptions_get_what_their_rules_let_through(client: ServiceBusClient) -> None:
    everything, some = (client.get_subscription_receiver("events", name) for name in ("all", "changed"))
    async with opened(client.get_topic_sender("events"), everything, some) as (sender, whole, filtered):
        changed = ServiceBusMessage("changed", application_properties={"outcome": "changed"})
        rejected = ServiceBusMessage("rejected", application_properties={"outcome": "rejected"})
        urgent = ServiceBusMessage("urgent", subject="urgent")
        await sender.send_messages([changed, rejected, urgent])
        assert texts(await left(whole)) == ["changed", "rejected", "urgent"]
        assert texts(await left(filtered)) == ["changed", "urgent"]


async def test_each_subscription_settles_its_own_copy(client: ServiceBusClient) -> None:
    everything, some = (client.get_subscription_receiver("events", name) for name in ("all", "changed"))
    dead = client.get_subscription_receiver("events", "changed", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    async with opened(client.get_topic_sender("events"), everything, some, dead) as (sender, whole, filtered, buried):
        await sender.send_messages(ServiceBusMessage("x", application_properties={"outcome": "changed"}))
        await whole.complete_message((await receive(whole))[0])
        (copy,) = await receive(filtered)
        await filtered.dead_letter_message(copy, reason="no good")
        assert (await receive(buried))[0].dead_letter_reason == "no good"
        assert not await left(whole)


async def test_a_subscription_may_have_sessions(client: ServiceBusClient) -> None:
    by_user = client.get_subscription_receiver(
        "events", "by-user", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=PATIENCE
    )
    async with opened(client.get_topic_sender("events")) as (sender,):
        await sender.send_messages([message("a1", session="a"), message("a2", session="a")])
        async with opened(by_user) as (receiver,):
            assert receiver.session.session_id == "a"
            assert texts(await receive(receiver, 2)) == ["a1", "a2"]


async def test_a_topic_drops_duplicates_and_keeps_scheduled_messages(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    later = broker.after(30)
    async with opened(client.get_topic_sender("events"), client.get_subscription_receiver("events", "all")) as (
        sender,
        receiver,
    ):
        await sender.schedule_messages(message("later", message_id="one"), later)
        (cancelled,) = await sender.schedule_messages(message("never", message_id="two"), later)
        await sender.cancel_scheduled_messages(cancelled)
        await sender.send_messages([message("copy", message_id="one"), message("now", message_id="three")])
        assert texts(await left(receiver)) == ["now"]
        broker.move(30)
        assert texts(await left(receiver)) == ["now", "later"]
