"""The SDK's own lock renewer, which goes by the real time."""

import asyncio

import pytest
from azure.servicebus.aio import AutoLockRenewer, ServiceBusClient

from tests.contract.servicebus.handlers import left, message, opened_and_closed, receive
from tests.contract.servicebus.hurry import real
from tests.contract.servicebus.running import BRIEF_LOCK_SECONDS, BrokerThread

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_lock_renewer_keeps_the_locks_of_messages_and_sessions(real_time_broker: BrokerThread) -> None:
    async with (
        ServiceBusClient.from_connection_string(real_time_broker.connection_string) as client,
        AutoLockRenewer(max_lock_renewal_duration=30) as renewer,
        opened_and_closed(
            client.get_queue_sender("brief-locks"),
            client.get_queue_sender("brief-sessions"),
            client.get_queue_receiver("brief-locks"),
            client.get_queue_receiver("brief-sessions", session_id="a"),
        ) as (sender, session_sender, receiver, session_receiver),
    ):
        await sender.send_messages(message("slow work"))
        await session_sender.send_messages(message("slow work", session="a"))
        (in_queue,), (in_session,) = await receive(receiver), await receive(session_receiver)
        renewer.register(receiver, in_queue)
        renewer.register(session_receiver, session_receiver.session)
        await asyncio.sleep(real(BRIEF_LOCK_SECONDS + 0.5))
        await receiver.complete_message(in_queue)
        await session_receiver.complete_message(in_session)
        assert in_queue.auto_renew_error is None
        assert session_receiver.session.auto_renew_error is None
        assert not await left(receiver)
        assert not await left(session_receiver)
