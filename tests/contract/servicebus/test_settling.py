"""Locks, settlement, dead letters and deferral, with the asynchronous SDK."""

import pytest
from azure.servicebus import ServiceBusSubQueue
from azure.servicebus.aio import ServiceBusClient
from azure.servicebus.exceptions import MessageLockLostError, MessageNotFoundError, ServiceBusError

from tests.contract.servicebus.handlers import left, message, nothing_comes, opened, receive, texts
from tests.contract.servicebus.running import LOCK_SECONDS, MAX_DELIVERIES, BrokerThread

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_abandoned_message_comes_again_and_the_delivery_counts(client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages([message("one"), message("two")])
        (first,) = await receive(receiver)
        await receiver.abandon_message(first)
        again, two = await receive(receiver, 2)
        assert texts([again, two]) == ["one", "two"]
        assert (again.delivery_count, two.delivery_count) == (1, 0)
        assert again.lock_token != first.lock_token


async def test_a_message_that_is_delivered_too_often_is_dead_lettered(client: ServiceBusClient) -> None:
    dead = client.get_queue_receiver("plain", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain"), dead) as (
        sender,
        receiver,
        dead_letters,
    ):
        await sender.send_messages(message("poison"))
        for count in range(MAX_DELIVERIES):
            (got,) = await receive(receiver)
            assert got.delivery_count == count
            await receiver.abandon_message(got)
        (buried,) = await receive(dead_letters)
        assert buried.dead_letter_reason == "MaxDeliveryCountExceeded"
        assert str(MAX_DELIVERIES) in (buried.dead_letter_error_description or "")
        assert buried.delivery_count == MAX_DELIVERIES


async def test_a_dead_letter_carries_its_reason_and_can_be_completed(client: ServiceBusClient) -> None:
    dead = client.get_queue_receiver("plain", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain"), dead) as (
        sender,
        receiver,
        dead_letters,
    ):
        await sender.send_messages(message("one"))
        (got,) = await receive(receiver)
        await receiver.dead_letter_message(got, reason="invalid", error_description="it makes no sense")
        (buried,) = await receive(dead_letters)
        assert (buried.dead_letter_reason, buried.dead_letter_error_description) == ("invalid", "it makes no sense")
        assert buried.sequence_number == got.sequence_number
        assert await nothing_comes(receiver)
        await dead_letters.complete_message(buried)
        assert not await left(dead_letters)


async def test_a_lock_that_expires_gives_the_message_to_others_and_settles_nothing(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    slow, other = client.get_queue_receiver("plain"), client.get_queue_receiver("plain")
    async with opened(client.get_queue_sender("plain"), slow, other) as (sender, first, second):
        await sender.send_messages(message("one"))
        (got,) = await receive(first)
        broker.move(LOCK_SECONDS)
        (again,) = await receive(second)
        assert again.delivery_count == 1
        with pytest.raises(MessageLockLostError):
            await first.complete_message(got)
        await second.complete_message(again)
        assert not await left(second)


async def test_a_renewed_lock_lasts_from_then_on(broker: BrokerThread, client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages(message("one"))
        (got,) = await receive(receiver)
        before = got.locked_until_utc
        broker.move(LOCK_SECONDS - 1)
        assert before is not None
        assert (await receiver.renew_message_lock(got) - before).total_seconds() == LOCK_SECONDS - 1
        broker.move(LOCK_SECONDS - 1)
        await receiver.complete_message(got)
        assert not await left(receiver)


async def test_a_lock_that_expired_cannot_be_renewed(broker: BrokerThread, client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages(message("one"))
        (got,) = await receive(receiver)
        broker.move(LOCK_SECONDS)
        with pytest.raises(MessageLockLostError):
            await receiver.renew_message_lock(got)


async def test_a_deferred_message_is_received_by_its_number(client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages([message("later"), message("now")])
        (got,) = await receive(receiver)
        await receiver.defer_message(got)
        assert texts(await receive(receiver)) == ["now"]
        (peeked, _) = await left(receiver)
        assert peeked.state.name == "DEFERRED"
        assert got.sequence_number is not None
        (deferred,) = await receiver.receive_deferred_messages(got.sequence_number)
        assert str(deferred) == "later"
        await receiver.complete_message(deferred)
        with pytest.raises(MessageNotFoundError):
            await receiver.receive_deferred_messages(got.sequence_number)


async def test_a_deferred_message_can_be_abandoned_and_dead_lettered(client: ServiceBusClient) -> None:
    dead = client.get_queue_receiver("plain", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain"), dead) as (
        sender,
        receiver,
        dead_letters,
    ):
        await sender.send_messages(message("one"))
        (got,) = await receive(receiver)
        await receiver.defer_message(got)
        (deferred,) = await receiver.receive_deferred_messages(1)
        await receiver.abandon_message(deferred)
        (deferred,) = await receiver.receive_deferred_messages(1)
        await receiver.dead_letter_message(deferred, reason="no good")
        (buried,) = await receive(dead_letters)
        assert buried.dead_letter_reason == "no good"


async def test_a_deferred_message_whose_lock_expired_can_be_locked_again(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages([message("deferred"), message("locked")])
        (got,) = await receive(receiver)
        await receiver.defer_message(got)
        await receiver.receive_deferred_messages(1)
        broker.move(LOCK_SECONDS)
        (again,) = await receiver.receive_deferred_messages(1)
        await receiver.complete_message(again)
        # The locks of others go on expiring.
        await receive(receiver)
        broker.move(LOCK_SECONDS)
        assert texts(await receive(receiver)) == ["locked"]


async def test_a_message_that_was_settled_is_not_settled_again(client: ServiceBusClient) -> None:
    one, two = client.get_queue_receiver("plain"), client.get_queue_receiver("plain")
    async with opened(client.get_queue_sender("plain"), one, two) as (sender, first, second):
        await sender.send_messages(message("one"))
        (got,) = await receive(first)
        await first.abandon_message(got)
        await receive(second)
        # The SDK remembers what it settled; another one could ask again.
        got._settled = False  # noqa: SLF001
        with pytest.raises((MessageLockLostError, ServiceBusError)):
            await first.complete_message(got)
        assert len(await left(second)) == 1
