"""How connections begin, live and end, and who is let in."""

import pytest

from local.servicebus.amqp.errors import Error
from local.servicebus.amqp.framing import AMQP_HEADER, SASL_HEADER, Frame, ProtocolHeader, encode_frame
from local.servicebus.amqp.performatives import (
    Attach,
    Close,
    Detach,
    Disposition,
    End,
    Open,
    SaslInit,
    SaslMechanisms,
    SaslOutcome,
    Source,
)
from local.servicebus.clock import ManualClock
from tests.contract.servicebus.raw_client import put_token, raw_client
from tests.contract.servicebus.running import BrokerThread, broker_in_thread

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_every_mechanism_that_sdks_choose_is_offered(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        peer.writer.write(SASL_HEADER)
        assert await peer.unit() == ProtocolHeader(SASL_HEADER)
        offer = await peer.expect(SaslMechanisms)
    assert offer.mechanisms is not None
    assert {"ANONYMOUS", "MSSBCBS", "PLAIN", "EXTERNAL"} == set(getattr(offer.mechanisms, "items", ()))


async def test_a_mechanism_that_was_not_offered_is_refused(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        peer.writer.write(SASL_HEADER + encode_frame(0, SaslInit("SCRAM-SHA-256"), sasl=True))
        await peer.unit()
        await peer.expect(SaslMechanisms)
        assert (await peer.expect(SaslOutcome)).outcome == 1
        assert await peer.ended()


async def test_another_protocol_is_answered_with_the_right_one(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        peer.writer.write(b"AMQP\x00\x00\x09\x01")
        assert await peer.unit() == ProtocolHeader(AMQP_HEADER)
        assert await peer.ended()


async def test_without_a_token_no_entity_is_open(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start()
        assert (await peer.attach_sender("plain")).target is None
        detached = await peer.expect(Detach)
        assert isinstance(detached.error, Error)
        assert detached.error.condition == "amqp:unauthorized-access"


async def test_a_token_opens_the_entities_and_only_a_token_does(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start()
        await peer.attach_receiver("$cbs", 1, credit=10)
        await peer.attach_sender("$cbs", 0)
        for wrong in (put_token(""), put_token(5), put_token(operation="delete-token")):
            peer.transfer(wrong)
            _, answer = await peer.receive()
            assert answer.application_properties["status-code"] in (400, 401)
            await peer.expect(Disposition)
        peer.transfer(put_token())
        _, answer = await peer.receive()
        assert answer.application_properties["status-code"] == 202
        assert answer.properties.correlation_id == "token-1"
        await peer.expect(Disposition)
        assert (await peer.attach_sender("plain", 2)).target is not None


async def test_a_refused_link_lacks_its_terminus_and_is_detached_with_the_reason(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        assert (await peer.attach_receiver("nowhere")).source is None
        detached = await peer.expect(Detach)
        assert detached.closed
        assert isinstance(detached.error, Error)
        assert (detached.error.condition, bool(detached.error.info)) == ("amqp:not-found", True)


async def test_links_sessions_and_connections_end_as_they_began(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_sender("plain")
        peer.send(Detach(0, closed=True))
        assert await peer.expect(Detach) == Detach(0, closed=True)
        peer.send(End())
        await peer.expect(End)
        peer.send(Close())
        assert (await peer.expect(Close)).error is None
        assert await peer.ended()


async def test_signs_of_life_go_out_as_often_as_the_client_wants_them(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN", open_=Open("raw", idle_timeout=200))
        assert await peer.unit() == Frame(0, b"")
        assert await peer.unit() == Frame(0, b"")


async def test_a_client_that_has_gone_silent_is_let_go() -> None:
    with broker_in_thread(ManualClock(), idle_timeout=0.2) as impatient:
        async with raw_client(impatient.port) as peer:
            opened = await peer.start("PLAIN")
            assert opened.idle_timeout == 200
            close = await peer.expect(Close)
            assert isinstance(close.error, Error)
            assert await peer.ended()
        assert impatient.connections == 0


async def test_a_handle_can_be_used_once_at_a_time(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_sender("plain")
        peer.send(Attach("again", 0, source=Source("me")))
        close = await peer.expect(Close)
        assert isinstance(close.error, Error)
        assert close.error.condition == "amqp:session:handle-in-use"
