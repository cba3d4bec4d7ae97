"""Sessions, with the asynchronous SDK."""

import asyncio

import pytest
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusSubQueue
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver
from azure.servicebus.exceptions import (
    OperationTimeoutError,
    ServiceBusError,
    SessionCannotBeLockedError,
    SessionLockLostError,
)

from tests.contract.servicebus.handlers import (
    PATIENCE,
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
from tests.unit.servicebus.at_hand import transit

pytestmark = pytest.mark.asyncio(loop_scope="module")


def next_session(client: ServiceBusClient, wait: float = PATIENCE, queue: str = "sessions") -> ServiceBusReceiver:
    return client.get_queue_receiver(queue, session_id=NEXT_AVAILABLE_SESSION, max_wait_time=wait)


def session(client: ServiceBusClient, session_id: str) -> ServiceBusReceiver:
    return client.get_queue_receiver("sessions", session_id=session_id)


def fill(broker: BrokerThread, *bodies: str) -> None:
    """Puts messages in, each into the session that its first letter names."""
    broker.put("sessions", *(transit(body, session=body[0]) for body in bodies))


async def test_a_session_is_received_in_order(broker: BrokerThread, client: ServiceBusClient) -> None:
    fill(broker, "a1", "b1", "a2", "b2", "a3")
    async with opened(session(client, "a"), session(client, "b")) as (one, two):
        assert texts(await receive(one, 3)) == ["a1", "a2", "a3"]
        assert texts(await receive(two, 2)) == ["b1", "b2"]
        assert (one.session.session_id, two.session.session_id) == ("a", "b")


async def test_the_next_available_session_is_one_that_nobody_has(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    fill(broker, "a1", "b1")
    async with opened(next_session(client), next_session(client)) as (one, two):
        assert {one.session.session_id, two.session.session_id} == {"a", "b"}
        assert one.session.locked_until_utc is not None


async def test_a_receiver_waits_for_a_session_until_there_is_one(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    async def accept() -> list[str]:
        async with opened(next_session(client)) as (receiver,):
            return texts(await receive(receiver))

    waiting = asyncio.create_task(accept())
    fill(broker, "a1")
    assert await waiting == ["a1"]


async def test_waiting_for_a_session_ends_when_the_client_s_time_is_over(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    receiver = next_session(client, wait=3)
    waiting = asyncio.create_task(receiver.__aenter__())
    while not waiting.done():
        broker.move(1)
        await asyncio.sleep(real(0.02))
    with pytest.raises(OperationTimeoutError):
        await waiting
    close_later(receiver.close())


async def test_a_receiver_that_gave_up_waiting_takes_no_session(broker: BrokerThread, client: ServiceBusClient) -> None:
    impatient = next_session(client)
    waiting = asyncio.create_task(impatient.__aenter__())
    await asyncio.sleep(real(0.2))
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await impatient.close()
    fill(broker, "a1")
    async with opened(next_session(client)) as (receiver,):
        assert texts(await receive(receiver)) == ["a1"]


async def test_a_locked_session_cannot_be_locked_by_another(client: ServiceBusClient) -> None:
    async with opened(session(client, "a")):
        other = session(client, "a")
        with pytest.raises(SessionCannotBeLockedError):
            await other.__aenter__()
        close_later(other.close())


async def test_a_session_that_is_closed_goes_to_the_next_with_its_messages_uncounted(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    fill(broker, "a1", "a2")
    async with opened_and_closed(session(client, "a")) as (first,):
        assert texts(await receive(first, 2)) == ["a1", "a2"]
    async with opened(next_session(client)) as (second,):
        got = await receive(second, 2)
        assert texts(got) == ["a1", "a2"]
        assert [one.delivery_count for one in got] == [0, 0]


async def test_a_session_whose_lock_expires_is_lost_and_its_messages_count(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    fill(broker, "a1", "a2")
    async with opened(session(client, "a")) as (slow,):
        (got,) = await receive(slow)
        broker.move(LOCK_SECONDS)
        with pytest.raises(SessionLockLostError):
            await slow.complete_message(got)
        async with opened(session(client, "a")) as (other,):
            again = await receive(other, 2)
            assert texts(again) == ["a1", "a2"]
            assert [one.delivery_count for one in again] == [1, 0]


async def test_a_receiver_hears_that_its_session_is_lost(broker: BrokerThread, client: ServiceBusClient) -> None:
    async with opened(session(client, "a")) as (receiver,):
        waiting = asyncio.create_task(receiver.receive_messages(1, max_wait_time=PATIENCE))
        await asyncio.sleep(real(0.1))
        broker.move(LOCK_SECONDS)
        with pytest.raises(SessionLockLostError):
            await waiting


async def test_a_renewed_session_lock_lasts_from_then_on(broker: BrokerThread, client: ServiceBusClient) -> None:
    fill(broker, "a1")
    async with opened(session(client, "a")) as (receiver,):
        (got,) = await receive(receiver)
        before = receiver.session.locked_until_utc
        broker.move(LOCK_SECONDS - 1)
        renewed = await receiver.session.renew_lock()
        assert before is not None
        assert abs((renewed - before).total_seconds() - (LOCK_SECONDS - 1)) < 0.01
        broker.move(LOCK_SECONDS - 1)
        await receiver.complete_message(got)
        assert not await left(receiver)


async def test_an_abandoned_message_comes_again_before_those_behind_it(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    fill(broker, "a1", "a2", "a3")
    async with opened(session(client, "a")) as (receiver,):
        first, second = await receive(receiver, 2)
        await receiver.abandon_message(first)
        await receiver.complete_message(second)
        assert texts(await receive(receiver, 2)) == ["a1", "a3"]


async def test_a_session_keeps_a_state(client: ServiceBusClient) -> None:
    async with opened_and_closed(session(client, "a")) as (receiver,):
        assert await receiver.session.get_state() is None
        await receiver.session.set_state("half way")
        assert await receiver.session.get_state() == b"half way"
    async with opened(session(client, "a")) as (receiver,):
        assert await receiver.session.get_state() == b"half way"
        await receiver.session.set_state(None)
        assert await receiver.session.get_state() is None


async def test_deferred_messages_of_a_session_are_received_within_it(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    fill(broker, "a1", "a2")
    async with opened(session(client, "a")) as (receiver,):
        (got,) = await receive(receiver)
        await receiver.defer_message(got)
        assert texts(await receive(receiver)) == ["a2"]
        (deferred,) = await receiver.receive_deferred_messages([1])
        await receiver.complete_message(deferred)
        assert texts(await left(receiver)) == ["a2"]


async def test_dead_letters_of_sessions_are_received_without_one(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    fill(broker, "a1")
    dead = client.get_queue_receiver("sessions", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    async with opened(session(client, "a"), dead) as (receiver, dead_letters):
        (got,) = await receive(receiver)
        await receiver.dead_letter_message(got, reason="no good")
        (buried,) = await receive(dead_letters)
        assert (buried.session_id, buried.dead_letter_reason) == ("a", "no good")


async def test_sessions_and_plain_queues_are_not_mixed_up(client: ServiceBusClient) -> None:
    wrong = (client.get_queue_receiver("sessions"), client.get_queue_receiver("plain", session_id="a"))
    for refusal in await asyncio.gather(*(receiver.__aenter__() for receiver in wrong), return_exceptions=True):
        assert isinstance(refusal, ServiceBusError)
        assert "session" in str(refusal)
    for receiver in wrong:
        close_later(receiver.close())
    async with opened(client.get_queue_sender("sessions")) as (sender,):
        with pytest.raises(ServiceBusError, match="requires a session id"):
            await sender.send_messages(message("no session"))


async def test_a_peek_in_a_session_shows_that_session_only(broker: BrokerThread, client: ServiceBusClient) -> None:
    fill(broker, "a1", "b1", "a2")
    async with opened(session(client, "a")) as (receiver,):
        assert texts(await left(receiver)) == ["a1", "a2"]


async def test_sixteen_receivers_share_many_sessions_each_in_order(client: ServiceBusClient) -> None:
    """Each takes a session, works it off, and goes on to the next, as a Functions host does."""
    sessions, messages, receivers = 32, 5, 16
    done: dict[str, list[str]] = {}

    async def work() -> None:
        for _ in range(sessions // receivers):
            async with opened(next_session(client)) as (receiver,):
                for got in await receive(receiver, messages):
                    done.setdefault(receiver.session.session_id, []).append(str(got))
                    await receiver.complete_message(got)

    async with opened(client.get_queue_sender("sessions")) as (sender,):
        for number in range(messages):
            await sender.send_messages([message(f"{name}-{number}", session=f"{name}") for name in range(sessions)])
        await asyncio.gather(*(work() for _ in range(receivers)))
    assert done == {f"{name}": [f"{name}-{number}" for number in range(messages)] for name in range(sessions)}


async def test_a_session_with_only_deferred_messages_is_not_available(
    broker: BrokerThread, client: ServiceBusClient
) -> None:
    fill(broker, "a1")
    async with opened_and_closed(session(client, "a")) as (receiver,):
        (got,) = await receive(receiver)
        await receiver.defer_message(got)
        assert await nothing_comes(receiver)
    other = next_session(client, wait=2)
    waiting = asyncio.create_task(other.__aenter__())
    while not waiting.done():
        broker.move(1)
        await asyncio.sleep(real(0.02))
    with pytest.raises(OperationTimeoutError):
        await waiting
    close_later(other.close())
