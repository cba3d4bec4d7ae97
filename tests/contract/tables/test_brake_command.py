"""The person's command, run as a person runs it, against real tables and a real topic."""

import json
from functools import partial

import pytest
from azure.servicebus.aio import ServiceBusClient

from local.servicebus.config import DEFAULT_CONFIG
from local.servicebus.server import running_broker
from tests.contract.tables.command_line import run_command

pytestmark = [pytest.mark.asyncio(loop_scope="package")]


command = partial(run_command, "shared.brake")


async def test_a_person_stops_writing_looks_at_it_and_lets_it_go_on(azurite: str) -> None:
    async with running_broker(DEFAULT_CONFIG) as broker:
        settings = {"ServiceBusConnection": broker.connection_string, "StateStorage": azurite}
        who = ("--by", "anna@contoso.example", "--reason", "Something is wrong.")
        status, text = await command(settings, "engage", *who)
        assert (status, "The brake is ENGAGED since" in text) == (0, True)
        status, text = await command(settings, "status")
        assert (status, "ENGAGED" in text, "anna@contoso.example: Something is wrong." in text) == (1, True, True)
        status, text = await command(settings, "resume", *who)
        assert (status, "The brake is released since" in text) == (0, True)
        assert (await command(settings, "status"))[0] == 0
        assert await told(broker.connection_string) == ["mfaphone.brake.engaged", "mfaphone.brake.resumed"]


async def told(connection: str) -> list[str]:
    async with (
        ServiceBusClient.from_connection_string(connection) as client,
        client.get_subscription_receiver("phone-events", "audit") as receiver,
    ):
        messages = await receiver.receive_messages(max_message_count=10, max_wait_time=3)
        return [json.loads(b"".join(message.body))["type"] for message in messages]
