"""Copies and parked messages, sent by the real SDK and received again."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest_asyncio
from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusClient

from local.servicebus.config import DEFAULT_CONFIG
from local.servicebus.server import Broker, running_broker
from shared.bus.request_queue import BusRequestQueue
from shared.bus.sender import SharedSender
from shared.clock import SystemClock
from shared.codes import Code
from shared.messages.origin import origin_of
from shared.messages.received import ReceivedMessage
from shared.outcome import Outcome, Verdict

KEY = b"k" * 32
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
VERDICT = Verdict(Outcome.FAILED, Code.INVALID_JSON)
REQUEST = {
    "requestId": "R-1",
    "operation": "remove",
    "user": {"userPrincipalName": "anna@contoso.example"},
    "requestedBy": "workday",
    "reason": "INC-1",
    "requestedAt": "2026-11-23T09:00:00Z",
}
MESSAGE = ReceivedMessage(
    json.dumps(REQUEST).encode(),
    "R-1",
    "anna",
    (9 << 63) + 2**62,
    datetime(2026, 11, 23, 9, tzinfo=UTC),
    traceparent=TRACE,
)


@pytest_asyncio.fixture
async def client() -> AsyncIterator[ServiceBusClient]:
    async with running_broker(DEFAULT_CONFIG) as broker, _client_of(broker) as client:
        yield client


def _client_of(broker: Broker) -> ServiceBusClient:
    return ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0)


@pytest_asyncio.fixture
async def queue(client: ServiceBusClient) -> AsyncIterator[BusRequestQueue]:
    requests = SharedSender(lambda: client.get_queue_sender("phone-changes"))
    parked = SharedSender(lambda: client.get_queue_sender("phone-changes-parked"))
    yield BusRequestQueue(requests, parked, SystemClock(), KEY)
    await requests.close()
    await parked.close()


async def parked_one(client: ServiceBusClient) -> ServiceBusReceivedMessage:
    async with client.get_queue_receiver("phone-changes-parked") as receiver:
        (message,) = await receiver.receive_messages(max_wait_time=5)
        return message


def properties_of(message: ServiceBusReceivedMessage) -> dict[str, object]:
    found = message.application_properties or {}
    return {name.decode() if isinstance(name, bytes) else name: _text(value) for name, value in found.items()}


def _text(value: object) -> object:
    return value.decode() if isinstance(value, bytes) else value


async def test_a_copy_keeps_body_session_trace_and_the_place_of_the_first_arrival(
    client: ServiceBusClient, queue: BusRequestQueue
) -> None:
    """Also where the place is a number that no 32 bits hold."""
    await queue.postpone(MESSAGE, timedelta(0))
    async with client.get_queue_receiver("phone-changes", session_id="anna") as receiver:
        (copy,) = await receiver.receive_messages(max_wait_time=5)
    body, properties = b"".join(copy.body), properties_of(copy)
    assert body == MESSAGE.body
    assert properties["traceparent"] == TRACE
    assert copy.message_id == "R-1~2"
    assert origin_of(properties, body, [KEY]) == MESSAGE.origin.next_attempt()


async def test_a_parked_message_keeps_its_body_and_says_why(client: ServiceBusClient, queue: BusRequestQueue) -> None:
    await queue.park(MESSAGE, VERDICT, "R-1:failed")
    parked = await parked_one(client)
    assert b"".join(parked.body) == MESSAGE.body
    assert properties_of(parked)["parkedCode"] == "invalid_json"
    assert properties_of(parked)["originalSessionId"] == "anna"


async def test_a_message_of_the_largest_size_is_parked_although_no_reason_fits_beside_it(
    client: ServiceBusClient, queue: BusRequestQueue
) -> None:
    body = b"x" * (256 * 1024 - 180)
    await queue.park(replace(MESSAGE, body=body), VERDICT, "R-1:failed")
    parked = await parked_one(client)
    assert b"".join(parked.body) == body
    assert properties_of(parked) == {"parkedCode": "invalid_json"}
