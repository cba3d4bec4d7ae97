"""What tests wait for after a client has gone."""

import asyncio

from local.servicebus.amqp.performatives import Disposition
from tests.contract.servicebus.handlers import PATIENCE
from tests.contract.servicebus.hurry import real
from tests.contract.servicebus.raw_client import raw_client
from tests.contract.servicebus.running import BrokerThread
from tests.unit.servicebus.at_hand import encoded


async def still_serves(broker: BrokerThread) -> bool:
    """Sends a message the short way, through a client that speaks properly."""
    before = broker.messages("plain")
    async with raw_client(broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_sender("plain")
        peer.transfer(encoded("still there"))
        await peer.expect(Disposition)
    return broker.messages("plain") == before + 1


async def nobody_left(broker: BrokerThread) -> bool:
    """Waits until the broker has noticed that all its clients are gone."""
    async with asyncio.timeout(real(PATIENCE)):
        while broker.connections:  # noqa: ASYNC110 - the broker is in another thread
            await asyncio.sleep(real(0.01))
    return True
