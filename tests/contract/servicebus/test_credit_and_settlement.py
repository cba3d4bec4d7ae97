"""What links promise and no SDK shows: credit, windows, frames, tags and outcomes."""

import asyncio
from uuid import UUID

import pytest

from local.servicebus.amqp.composites import Composite
from local.servicebus.amqp.framing import Frame
from local.servicebus.amqp.outcomes import Accepted, Modified, Rejected, Released
from local.servicebus.amqp.performatives import (
    Attach,
    Begin,
    Disposition,
    Flow,
    Open,
    Source,
    Target,
    Transfer,
)
from local.servicebus.entities.settings import MAX_MESSAGE_SIZE
from tests.contract.servicebus.hurry import real
from tests.contract.servicebus.raw_client import RawClient, put_token, raw_client, session_filter
from tests.contract.servicebus.running import LOCK_SECONDS, BrokerThread
from tests.unit.servicebus.at_hand import encoded, transit

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def settled(peer: RawClient, outcome: Composite, number: int) -> object:
    """Settles a delivery and gives what the broker says about it."""
    disposition = Disposition(role=True, first=number, last=number)
    disposition.state = outcome  # type: ignore[assignment] # outcomes are composites
    peer.send(disposition)
    answer = await peer.expect(Disposition)
    assert (answer.role, answer.settled, answer.first) == (False, True, number)
    return answer.state


async def test_an_answer_waits_for_credit(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start()
        await peer.attach_receiver("$cbs", 1)
        await peer.attach_sender("$cbs", 0)
        peer.transfer(put_token())
        await peer.expect(Disposition)
        peer.give_credit(1)
        _, answer = await peer.receive()
        assert answer.application_properties["status-code"] == 202


async def test_a_receiver_that_drains_gets_what_there_is_and_then_has_no_credit(lone_broker: BrokerThread) -> None:
    lone_broker.put("plain", transit("one"), transit("two"))
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_receiver("plain")
        peer.give_credit(5, drain=True)
        await peer.receive()
        await peer.receive()
        flow = await peer.expect(Flow)
        assert (flow.delivery_count, flow.link_credit, flow.drain) == (5, 0, True)
        lone_broker.put("plain", transit("three"))
        peer.give_credit(1, seen=5)
        transfer, _ = await peer.receive()
        assert transfer.delivery_id is not None


async def test_a_session_s_window_is_kept_to(lone_broker: BrokerThread) -> None:
    lone_broker.put("plain", *(transit(str(number)) for number in range(3)))
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN", Begin(incoming_window=1, outgoing_window=10))
        await peer.attach_receiver("plain")
        peer.send(Flow(0, 1, 0, 10, 1, 0, 10))
        await peer.receive()
        peer.send(Flow(1, 0, 0, 10))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(peer.unit(), real(0.1))
        peer.send(Flow(1, 2, 0, 10))
        await peer.receive()
        await peer.receive()


async def test_frames_are_no_larger_than_the_client_takes(lone_broker: BrokerThread) -> None:
    lone_broker.put("plain", transit("x" * 5_000))
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN", open_=Open("raw", max_frame_size=512))
        await peer.attach_receiver("plain", credit=1)
        sizes, more = [], True
        while more:
            unit = await peer.unit()
            assert isinstance(unit, Frame)
            sizes.append(len(unit.body) + 8)
            more = b"x" * 100 in unit.body and len(sizes) < 14
    assert max(sizes) <= 512
    assert len(sizes) > 10


@pytest.mark.parametrize(
    ("outcome", "left"),
    [
        (Accepted(), 0),
        (Released(), 1),
        (Modified(delivery_failed=True), 1),
        (Modified(delivery_failed=True, undeliverable_here=True), 1),
        (Rejected(), 0),
    ],
)
async def test_a_settlement_is_answered_with_its_own_outcome(
    lone_broker: BrokerThread, outcome: Composite, left: int
) -> None:
    lone_broker.put("plain", transit("one"))
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_receiver("plain", credit=1)
        transfer, _ = await peer.receive()
        assert transfer.delivery_id is not None
        assert await settled(peer, outcome, transfer.delivery_id) == outcome
        assert lone_broker.messages("plain") == left


async def test_a_settlement_that_fails_is_answered_with_an_error(lone_broker: BrokerThread) -> None:
    lone_broker.put("plain", transit("one"))
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_receiver("plain", credit=1)
        transfer, _ = await peer.receive()
        lone_broker.move(LOCK_SECONDS)
        assert transfer.delivery_id is not None
        state = await settled(peer, Accepted(), transfer.delivery_id)
        assert isinstance(state, Rejected)
        assert state.error is not None
        assert state.error.condition == "com.microsoft:message-lock-lost"


async def test_several_deliveries_are_settled_at_once(lone_broker: BrokerThread) -> None:
    lone_broker.put("plain", *(transit(str(number)) for number in range(5)))
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_receiver("plain", credit=5)
        numbers = [(await peer.receive())[0].delivery_id or 0 for _ in range(5)]
        peer.send(Disposition(role=True, first=numbers[0], last=numbers[3], settled=False, state=Accepted()))
        for number in numbers[:4]:
            assert (await peer.expect(Disposition)).first == number
        assert lone_broker.messages("plain") == 1


async def test_a_delivery_s_tag_is_its_lock_token_as_a_dotnet_guid(lone_broker: BrokerThread) -> None:
    lone_broker.put("plain", transit("one"))
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_receiver("plain", credit=1)
        transfer, payload = await peer.expect_with_payload(Transfer)
    assert transfer.delivery_tag is not None
    assert UUID(bytes_le=transfer.delivery_tag).bytes in payload


async def test_a_session_receiver_is_told_which_session_it_has_and_until_when(lone_broker: BrokerThread) -> None:
    lone_broker.put("sessions", transit("one", session="a"))
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        attached = await peer.attach_receiver("sessions", filters=session_filter(None))
    assert isinstance(attached.source, Source)
    assert attached.source.filters == session_filter("a")
    assert attached.properties is not None
    ticks = attached.properties["com.microsoft:locked-until-utc"]
    seconds = (int(str(ticks)) - 621_355_968_000_000_000) / 10_000_000
    assert abs(seconds - lone_broker.after(LOCK_SECONDS).timestamp()) < 1


async def test_malformed_messages_are_refused_and_the_link_goes_on(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_sender("plain")
        for payload in (b"no message", encoded("cut off")[:-3], b""):
            peer.transfer(payload)
            answer = await peer.expect(Disposition)
            assert answer.settled
        peer.transfer(encoded("good"))
        assert (await peer.expect(Disposition)).state == Accepted()


@pytest.mark.parametrize("told", [{"message_id": "x" * 129}, {"session": "x" * 129}])
async def test_ids_have_128_characters_at_most(lone_broker: BrokerThread, told: dict[str, str]) -> None:
    """The SDK does not let them be longer; others may."""
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_sender("plain")
        shorter = {name: value[1:] for name, value in told.items()}
        peer.transfer(encoded("fits", **shorter))  # type: ignore[arg-type] # both are texts
        assert (await peer.expect(Disposition)).state == Accepted()
        peer.transfer(encoded("does not", **told))  # type: ignore[arg-type] # as above
        state = (await peer.expect(Disposition)).state
        assert isinstance(state, Rejected)
        assert state.error is not None
        assert state.error.condition == "com.microsoft:argument-error"


async def test_a_message_that_is_too_large_is_refused_with_the_real_condition(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        assert (await peer.attach_sender("plain")).max_message_size == MAX_MESSAGE_SIZE
        for start in range(6):
            peer.transfer(b"x" * 50_000, more=start < 5, first=start == 0)
        state = (await peer.expect(Disposition)).state
        assert isinstance(state, Rejected)
        assert state.error is not None
        assert state.error.condition == "amqp:link:message-size-exceeded"


async def test_a_client_s_numbers_may_begin_anew(lone_broker: BrokerThread) -> None:
    """They are of 32 bits, and clients may start anywhere."""
    last = 0xFFFF_FFFF
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN", Begin(next_outgoing_id=last, incoming_window=10, outgoing_window=10))
        attach = Attach("sender", 0, source=Source("me"), target=Target("plain"), initial_delivery_count=last)
        peer.send(attach)
        await peer.expect(Attach)
        assert (await peer.expect(Flow)).delivery_count == last
        for _ in range(2):
            peer.transfer(encoded("one"))
            assert (await peer.expect(Disposition)).state == Accepted()
        peer.send(Flow(0, 10, 1, 10, 0, 1, 0, echo=True))
        flow = await peer.expect(Flow)
    assert (flow.next_incoming_id, flow.delivery_count) == (1, 1)


async def test_a_message_that_is_aborted_halfway_was_never_sent(lone_broker: BrokerThread) -> None:
    async with raw_client(lone_broker.port) as peer:
        await peer.start("PLAIN")
        await peer.attach_sender("plain")
        peer.transfer(encoded("half")[:5], more=True)
        aborted = Transfer(0, 1, b"\x00\x00\x00\x01", 0)
        aborted.aborted = True
        peer.send(aborted)
        peer.transfer(encoded("whole"))
        assert (await peer.expect(Disposition)).state == Accepted()
        assert lone_broker.messages("plain") == 1
