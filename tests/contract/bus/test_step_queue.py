"""Steps of the sweep, sent by the real SDK and received again."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusClient

from local.servicebus.config import DEFAULT_CONFIG
from local.servicebus.server import running_broker
from shared.bus.sender import SharedSender
from shared.bus.step_queue import BusStepQueue
from shared.clock import SystemClock
from shared.errors import BusUnavailableError
from shared.sweep.words import Chain, StepMessage

QUEUE = "sweep-pages"
RUN = "20261126T0100Z"


@pytest_asyncio.fixture
async def client() -> AsyncIterator[ServiceBusClient]:
    async with (
        running_broker(DEFAULT_CONFIG) as broker,
        ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0) as client,
    ):
        yield client


@pytest_asyncio.fixture
async def queue(client: ServiceBusClient) -> AsyncIterator[BusStepQueue]:
    sender = SharedSender(lambda: client.get_queue_sender(QUEUE))
    yield BusStepQueue(sender, SystemClock())
    await sender.close()


def step(number: int, chain: Chain = Chain.PEOPLE, **changed: int) -> StepMessage:
    return StepMessage(run_id=RUN, chain=chain, step=number, **changed)


async def received(client: ServiceBusClient, session: str) -> list[ServiceBusReceivedMessage]:
    async with client.get_queue_receiver(QUEUE, session_id=session) as receiver:
        return await receiver.receive_messages(max_message_count=20, max_wait_time=2)


def read(messages: list[ServiceBusReceivedMessage]) -> list[StepMessage]:
    return [StepMessage.model_validate_json(b"".join(message.body)) for message in messages]


async def test_a_chains_steps_come_in_their_order_and_no_other_chains_among_them(
    client: ServiceBusClient, queue: BusStepQueue
) -> None:
    for number in range(3):
        await queue.send(step(number))
        await queue.send(step(number, Chain.REGISTRATION))
    found = await received(client, step(0).session_id)
    assert read(found) == [step(0), step(1), step(2)]
    assert {message.content_type for message in found} == {"application/json"}


async def test_a_copy_is_dropped_and_another_try_or_turn_is_none(client: ServiceBusClient, queue: BusStepQueue) -> None:
    sent = [step(4), step(4), step(4, attempt=2), step(4, turn=29_000_000), step(4, attempt=2)]
    for message in sent:
        await queue.send(message)
    assert read(await received(client, step(4).session_id)) == [sent[0], sent[2], sent[3]]


async def test_a_delayed_step_is_scheduled(client: ServiceBusClient, queue: BusStepQueue) -> None:
    before = datetime.now(UTC)
    await queue.send(step(5), timedelta(hours=1))
    async with client.get_queue_receiver(QUEUE, session_id=step(5).session_id) as receiver:
        (waiting,) = await receiver.peek_messages(max_message_count=5)
    assert waiting.scheduled_enqueue_time_utc is not None
    # The protocol knows milliseconds.
    assert waiting.scheduled_enqueue_time_utc - before >= timedelta(hours=1, milliseconds=-1)


async def test_a_queue_that_does_not_answer_is_a_fault_that_passes() -> None:
    text = "Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=a;SharedAccessKey=YQ==;UseDevelopmentEmulator=true"
    async with ServiceBusClient.from_connection_string(text, retry_total=0) as client:
        sender = SharedSender(lambda: client.get_queue_sender(QUEUE))
        with pytest.raises(BusUnavailableError):
            await BusStepQueue(sender, SystemClock()).send(step(0))
