"""Scheduled messages, expiry and duplicates, with the asynchronous SDK."""

from datetime import timedelta

import pytest
from azure.servicebus import ServiceBusSubQueue
from azure.servicebus.aio import ServiceBusClient
from azure.servicebus.exceptions import MessageNotFoundError

from tests.contract.servicebus.handlers import left, message, nothing_comes, opened, receive, texts
from tests.contract.servicebus.running import SHORT_LIFE_SECONDS, WINDOW_SECONDS, BrokerThread

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_scheduled_message_comes_at_its_time_with_a_new_number(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        (number,) = await sender.schedule_messages(message("later"), broker.after(60))
        await sender.send_messages(message("meanwhile"))
        (scheduled, _) = await left(receiver)
        assert (scheduled.state.name, scheduled.sequence_number) == ("SCHEDULED", number)
        (meanwhile,) = await receive(receiver)
        assert str(meanwhile) == "meanwhile"
        await receiver.complete_message(meanwhile)
        assert await nothing_comes(receiver)
        broker.move(60)
        (later,) = await receive(receiver)
        assert (str(later), later.state.name) == ("later", "ACTIVE")
        assert later.sequence_number == number + 2
        assert later.scheduled_enqueue_time_utc is not None
        assert later.enqueued_time_utc is not None
        assert later.enqueued_time_utc >= later.scheduled_enqueue_time_utc


async def test_a_message_may_say_itself_when_it_is_to_be_enqueued(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    later = message("later")
    later.scheduled_enqueue_time_utc = broker.after(60)
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages(later)
        assert await nothing_comes(receiver)
        broker.move(60)
        assert texts(await receive(receiver)) == ["later"]


async def test_a_cancelled_message_does_not_come_and_cannot_be_cancelled_again(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        numbers = await sender.schedule_messages([message("a"), message("b"), message("c")], broker.after(60))
        await sender.cancel_scheduled_messages(numbers[:2])
        broker.move(60)
        assert texts(await receive(receiver)) == ["c"]
        for number in numbers:
            with pytest.raises(MessageNotFoundError):
                await sender.cancel_scheduled_messages(number)


async def test_a_duplicate_is_dropped_within_the_window(broker: BrokerThread, client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("unique"), client.get_queue_receiver("unique")) as (sender, receiver):
        for body in ("first", "second"):
            await sender.send_messages(message(body, message_id="same"))
        await sender.schedule_messages(message("third", message_id="same"), broker.after(5))
        broker.move(WINDOW_SECONDS - 1)
        assert texts(await left(receiver)) == ["first"]
        broker.move(1)
        await sender.send_messages(message("fourth", message_id="same"))
        assert texts(await left(receiver)) == ["first", "fourth"]


async def test_a_message_whose_time_is_over_is_dead_lettered(broker: BrokerThread, client: ServiceBusClient) -> None:
    dead = client.get_queue_receiver("short-lived", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    async with opened(client.get_queue_sender("short-lived"), client.get_queue_receiver("short-lived"), dead) as (
        sender,
        receiver,
        dead_letters,
    ):
        await sender.send_messages(message("old"))
        broker.move(SHORT_LIFE_SECONDS)
        (buried,) = await receive(dead_letters)
        assert (str(buried), buried.dead_letter_reason) == ("old", "TTLExpiredException")
        assert not await left(receiver)


async def test_a_message_s_own_time_to_live_counts_if_it_is_shorter(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    brief = message("brief")
    brief.time_to_live = timedelta(seconds=5)
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages([brief, message("lasting")])
        broker.move(5)
        assert texts(await left(receiver)) == ["lasting"]
