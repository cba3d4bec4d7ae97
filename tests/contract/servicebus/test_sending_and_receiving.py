"""Messages in and out, with the asynchronous SDK."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusReceiveMode
from azure.servicebus.aio import ServiceBusClient, ServiceBusSender
from azure.servicebus.exceptions import MessageSizeExceededError, MessagingEntityNotFoundError, ServiceBusError

from local.servicebus.entities.settings import MAX_MESSAGE_SIZE
from tests.contract.servicebus.handlers import (
    close_later,
    left,
    message,
    nothing_comes,
    opened,
    opened_and_closed,
    receive,
    texts,
)
from tests.contract.servicebus.hurry import real
from tests.contract.servicebus.running import LOCK_SECONDS, BrokerThread

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_message_is_sent_received_and_completed(client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages(message("hello"))
        (got,) = await receive(receiver)
        assert str(got) == "hello"
        await receiver.complete_message(got)
        assert not await left(receiver)


async def test_everything_that_a_sender_says_arrives(client: ServiceBusClient) -> None:
    sent = ServiceBusMessage(
        b"\x00\xff",
        message_id="m1",
        session_id="s1",
        correlation_id="c1",
        subject="label",
        content_type="application/json",
        to="you",
        reply_to="me",
        reply_to_session_id="s2",
        time_to_live=timedelta(minutes=5),
        application_properties={"text": "ä", "number": 2**30, "float": 1.5, "flag": True},
    )
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages(sent)
        (got,) = await receive(receiver)
    assert b"".join(got.body) == b"\x00\xff"
    names = ("message_id", "session_id", "correlation_id", "subject", "content_type", "to", "reply_to")
    assert {name: getattr(got, name) for name in names} == {name: getattr(sent, name) for name in names}
    assert (got.reply_to_session_id, got.time_to_live) == ("s2", timedelta(minutes=5))
    assert got.application_properties == {b"text": "ä".encode(), b"number": 2**30, b"float": 1.5, b"flag": True}


async def test_the_broker_says_what_it_knows_about_a_message(client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages([message("one"), message("two")])
        one, two = await receive(receiver, 2)
    assert (one.sequence_number, two.sequence_number) == (1, 2)
    assert (one.delivery_count, one.state.name) == (0, "ACTIVE")
    assert isinstance(one.lock_token, UUID)
    assert one.enqueued_time_utc is not None
    assert one.locked_until_utc == one.enqueued_time_utc + timedelta(seconds=LOCK_SECONDS)
    assert one.expires_at_utc == one.enqueued_time_utc + timedelta(hours=1)


async def test_messages_arrive_in_the_order_in_which_they_were_sent(client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        for number in range(20):
            await sender.send_messages(message(str(number)))
        assert texts(await receive(receiver, 20)) == [str(number) for number in range(20)]


async def test_a_batch_arrives_message_by_message(client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        batch = await sender.create_message_batch()
        for number in range(100):
            batch.add_message(ServiceBusMessage(f"{number}" * 100, application_properties={"n": number}))
        await sender.send_messages(batch)
        got = await receive(receiver, 100)
    assert [dict(one.application_properties or {})[b"n"] for one in got] == list(range(100))


async def test_a_batch_is_as_large_as_the_broker_says_and_no_larger(client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("plain")) as (sender,):
        batch = await sender.create_message_batch()
        assert batch.max_size_in_bytes == MAX_MESSAGE_SIZE


async def test_a_message_of_many_frames_arrives_whole(client: ServiceBusClient) -> None:
    body = "".join(chr(ord("a") + number % 26) for number in range(200_000))
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages([message(body)])
        await sender.send_messages(message(body))
        got = await receive(receiver, 2)
        assert texts(got) == [body, body]
        for one in got:
            await receiver.complete_message(one)


async def test_a_message_that_is_too_large_is_refused_and_the_sender_goes_on(client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        with pytest.raises(MessageSizeExceededError):
            await sender.send_messages(message("x" * 300_000))
        await sender.send_messages(message("small"))
        assert texts(await receive(receiver)) == ["small"]


async def test_receive_and_delete_leaves_nothing(client: ServiceBusClient) -> None:
    greedy = client.get_queue_receiver("plain", receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE)
    async with opened(client.get_queue_sender("plain"), greedy) as (sender, receiver):
        await sender.send_messages([message("one"), message("two")])
        assert texts(await receive(receiver, 2)) == ["one", "two"]
        assert not await left(receiver)


async def test_prefetched_messages_that_were_not_received_go_back(client: ServiceBusClient) -> None:
    eager = client.get_queue_receiver("plain", prefetch_count=50)
    async with opened_and_closed(client.get_queue_sender("plain"), eager) as (sender, receiver):
        await sender.send_messages([message(str(number)) for number in range(30)])
        first = (await receive(receiver))[0]
        await receiver.complete_message(first)
    async with opened(client.get_queue_receiver("plain")) as (other,):
        got = await receive(other, 29)
    assert texts(got) == [str(number) for number in range(1, 30)]
    assert {one.delivery_count for one in got} == {0}


async def test_iterating_over_a_receiver_gives_what_comes(client: ServiceBusClient) -> None:
    endless = client.get_queue_receiver("plain", prefetch_count=10, max_wait_time=5)
    async with opened(client.get_queue_sender("plain"), endless) as (sender, receiver):
        await sender.send_messages([message(str(number)) for number in range(30)])
        seen = []
        async for one in receiver:
            seen.append(str(one))
            await receiver.complete_message(one)
            if len(seen) == 30:
                break
        assert seen == [str(number) for number in range(30)]
        assert not await left(receiver)


async def test_peeking_shows_messages_and_locks_none(client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages([message(str(number)) for number in range(5)])
        assert texts(await receiver.peek_messages(3)) == ["0", "1", "2"]
        assert texts(await receiver.peek_messages(3)) == ["3", "4"]
        assert texts(await receiver.peek_messages(9, sequence_number=2)) == ["1", "2", "3", "4"]
        assert len(await receive(receiver, 5)) == 5


async def test_two_receivers_share_a_queue_and_no_message(client: ServiceBusClient) -> None:
    receivers = (client.get_queue_receiver("plain"), client.get_queue_receiver("plain"))
    async with opened(client.get_queue_sender("plain"), *receivers) as (sender, one, two):
        await sender.send_messages([message(str(number)) for number in range(10)])
        got = await asyncio.gather(receive(one, 5), receive(two, 5))
        assert sorted(texts(got[0]) + texts(got[1])) == [str(number) for number in range(10)]


async def test_a_queue_forwards_to_another(client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("forwarding"), client.get_queue_receiver("plain")) as (sender, receiver):
        await sender.send_messages(message("on its way"))
        (got,) = await receive(receiver)
        assert (str(got), got.enqueued_sequence_number) == ("on its way", 1)


async def test_dead_letters_are_forwarded_where_the_queue_says_so(client: ServiceBusClient) -> None:
    handlers = (client.get_queue_sender("hopeless"), client.get_queue_receiver("hopeless"))
    async with opened(*handlers, client.get_queue_receiver("plain")) as (sender, receiver, elsewhere):
        await sender.send_messages(message("no use"))
        (got,) = await receive(receiver)
        await receiver.dead_letter_message(got, reason="why")
        (buried,) = await receive(elsewhere)
        assert (buried.dead_letter_source, buried.dead_letter_reason) == ("hopeless", "why")


async def test_a_name_that_does_not_exist_is_not_found(client: ServiceBusClient) -> None:
    wrong = (
        client.get_queue_sender("nowhere"),
        client.get_queue_receiver("nowhere"),
        client.get_subscription_receiver("events", "nowhere"),
    )
    for refusal in await asyncio.gather(*(handler.__aenter__() for handler in wrong), return_exceptions=True):
        assert isinstance(refusal, MessagingEntityNotFoundError)
        assert "nowhere" in str(refusal)
    for handler in wrong:
        close_later(handler.close())


async def test_names_are_found_in_any_case(client: ServiceBusClient) -> None:
    async with opened(client.get_queue_sender("PLAIN"), client.get_queue_receiver("Plain")) as (sender, receiver):
        await sender.send_messages(message("hello"))
        assert texts(await receive(receiver)) == ["hello"]


@pytest.mark.parametrize(("wrong", "reason"), [("all", "Nothing can be sent to"), ("", "itself")])
async def test_a_topic_is_sent_to_and_its_subscriptions_are_received_from(
    client: ServiceBusClient, wrong: str, reason: str
) -> None:
    handler = client.get_queue_sender(f"events/Subscriptions/{wrong}") if wrong else client.get_queue_receiver("events")
    with pytest.raises(ServiceBusError, match=reason):
        await handler.__aenter__()
    close_later(handler.close())


async def test_many_senders_at_once_lose_nothing(client: ServiceBusClient) -> None:
    senders = [client.get_queue_sender("plain") for _ in range(8)]

    async def send(sender: ServiceBusSender, name: int) -> None:
        for number in range(25):
            await sender.send_messages(message(f"{name}-{number}"))

    async with opened(*senders, client.get_queue_receiver("plain")) as (*opened_senders, receiver):
        await asyncio.gather(*(send(sender, name) for name, sender in enumerate(senders)))
        got = texts(await receive(receiver, 200))
    assert len(opened_senders) == 8
    for name in range(8):
        assert [one for one in got if one.startswith(f"{name}-")] == [f"{name}-{number}" for number in range(25)]


async def test_a_receiver_that_waits_gets_a_message_when_it_is_sent(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    async with opened(client.get_queue_sender("plain"), client.get_queue_receiver("plain")) as (sender, receiver):
        waiting = asyncio.create_task(receive(receiver))
        await asyncio.sleep(real(0.2))
        await sender.send_messages(message("at last"))
        assert texts(await waiting) == ["at last"]
        assert await nothing_comes(receiver)
        assert broker.connections == 2
