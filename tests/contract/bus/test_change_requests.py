"""The sweep's change requests arrive as any producer's: under their id, in their user's session."""

from azure.servicebus.aio import ServiceBusClient

from local.servicebus.config import DEFAULT_CONFIG
from local.servicebus.server import running_broker
from shared.bus.change_requests import ChangeRequestQueue
from shared.bus.sender import SharedSender
from shared.sweep.words import RequestMessage

QUEUE = "phone-changes"
USER = "00000002-0000-4000-8000-000000000000"
REQUEST = RequestMessage(f"sweep:20261126T0100Z:{USER}:remove", USER, b'{"operation": "remove"}')


async def test_a_request_arrives_with_its_id_session_and_body() -> None:
    async with (
        running_broker(DEFAULT_CONFIG) as broker,
        ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0) as client,
    ):
        sender = SharedSender(lambda: client.get_queue_sender(QUEUE))
        await ChangeRequestQueue(sender).send(REQUEST)
        await sender.close()
        async with client.get_queue_receiver(QUEUE, session_id=USER) as receiver:
            (message,) = await receiver.receive_messages(max_message_count=5, max_wait_time=2)
    assert (message.message_id, message.session_id) == (REQUEST.message_id, USER)
    assert b"".join(message.body) == REQUEST.body
    assert message.content_type == "application/json"


def test_a_request_does_not_show_its_body() -> None:
    assert "operation" not in repr(REQUEST)
