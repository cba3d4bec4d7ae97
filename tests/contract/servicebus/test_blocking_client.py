"""The blocking SDK: the promises that hang on its own code, which is not that of the asynchronous one."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from azure.servicebus import (
    NEXT_AVAILABLE_SESSION,
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusReceivedMessage,
    ServiceBusReceiveMode,
    ServiceBusReceiver,
    ServiceBusSubQueue,
)
from azure.servicebus.exceptions import (
    MessageLockLostError,
    MessageSizeExceededError,
    MessagingEntityNotFoundError,
    SessionCannotBeLockedError,
    SessionLockLostError,
)

from tests.contract.servicebus.handlers import PATIENCE
from tests.contract.servicebus.running import LOCK_SECONDS, BrokerThread
from tests.unit.servicebus.at_hand import transit


@pytest.fixture
def blocking(lone_broker: BrokerThread) -> Iterator[ServiceBusClient]:
    with ServiceBusClient.from_connection_string(lone_broker.connection_string, retry_total=0) as opened:
        yield opened


def receive(receiver: ServiceBusReceiver, count: int = 1) -> list[ServiceBusReceivedMessage]:
    messages: list[ServiceBusReceivedMessage] = []
    while len(messages) < count:
        got = receiver.receive_messages(count - len(messages), max_wait_time=PATIENCE)
        assert got
        messages += got
    return messages


def texts(messages: list[ServiceBusReceivedMessage]) -> list[str]:
    return [str(message) for message in messages]


def left(receiver: ServiceBusReceiver) -> list[str]:
    return texts(receiver.peek_messages(100, sequence_number=1))


def test_messages_are_sent_received_and_settled_in_every_way(blocking: ServiceBusClient) -> None:
    dead = blocking.get_queue_receiver("plain", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    with (
        blocking.get_queue_sender("plain") as sender,
        blocking.get_queue_receiver("plain") as receiver,
        dead as dead_letters,
    ):
        sender.send_messages(ServiceBusMessage("complete"))
        sender.send_messages([ServiceBusMessage(body) for body in ("abandon", "defer", "dead-letter", "x" * 200_000)])
        complete, abandon, defer, dead_letter, large = receive(receiver, 5)
        assert str(large) == "x" * 200_000
        receiver.complete_message(complete)
        receiver.complete_message(large)
        receiver.abandon_message(abandon)
        receiver.defer_message(defer)
        receiver.dead_letter_message(dead_letter, reason="why", error_description="because")
        (again,) = receive(receiver)
        assert (str(again), again.delivery_count) == ("abandon", 1)
        (buried,) = receive(dead_letters)
        assert (buried.dead_letter_reason, buried.dead_letter_error_description) == ("why", "because")
        (deferred,) = receiver.receive_deferred_messages(3)
        receiver.complete_message(deferred)
        receiver.complete_message(again)
        assert left(receiver) == []


def test_a_lock_is_renewed_and_lost(lone_broker: BrokerThread, blocking: ServiceBusClient) -> None:
    lone_broker.put("plain", transit("one"))
    with blocking.get_queue_receiver("plain") as receiver:
        (got,) = receive(receiver)
        lone_broker.move(LOCK_SECONDS - 1)
        receiver.renew_message_lock(got)
        lone_broker.move(LOCK_SECONDS - 1)
        assert receive_nothing(receiver)
        lone_broker.move(1)
        with pytest.raises(MessageLockLostError):
            receiver.complete_message(got)


def receive_nothing(receiver: ServiceBusReceiver) -> bool:
    return not receiver.receive_messages(1, max_wait_time=0.3)


def test_a_session_is_received_in_order_by_one_receiver(lone_broker: BrokerThread, blocking: ServiceBusClient) -> None:
    lone_broker.put("sessions", *(transit(body, session="a") for body in ("1", "2", "3")))
    any_session = blocking.get_queue_receiver(
        "sessions", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=PATIENCE, prefetch_count=10
    )
    with any_session as receiver:
        assert receiver.session.session_id == "a"
        with pytest.raises(SessionCannotBeLockedError), blocking.get_queue_receiver("sessions", session_id="a"):
            pass
        seen = []
        for message in receiver:
            seen.append(str(message))
            receiver.complete_message(message)
            if len(seen) == 3:
                break
        assert seen == ["1", "2", "3"]
        receiver.session.set_state(b"done")
        assert receiver.session.get_state() == b"done"
        receiver.session.renew_lock()
        lone_broker.move(LOCK_SECONDS)
        with pytest.raises(SessionLockLostError):
            receiver.session.get_state()
    assert list(blocking.list_queue_sessions("sessions")) == ["a"]


def test_messages_are_scheduled_and_cancelled(lone_broker: BrokerThread, blocking: ServiceBusClient) -> None:
    with blocking.get_queue_sender("plain") as sender, blocking.get_queue_receiver("plain") as receiver:
        when = lone_broker.after(30)
        _, cancelled = sender.schedule_messages([ServiceBusMessage("comes"), ServiceBusMessage("does not")], when)
        sender.cancel_scheduled_messages(cancelled)
        lone_broker.move(30)
        assert texts(receive(receiver)) == ["comes"]


def test_receive_and_delete_with_prefetch_leaves_nothing(lone_broker: BrokerThread, blocking: ServiceBusClient) -> None:
    lone_broker.put("plain", *(transit(str(number)) for number in range(50)))
    greedy = blocking.get_queue_receiver(
        "plain", receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE, prefetch_count=100
    )
    with greedy as receiver:
        assert texts(receive(receiver, 50)) == [str(number) for number in range(50)]
        assert left(receiver) == []


def test_what_cannot_be_done_is_refused_with_the_right_error(blocking: ServiceBusClient) -> None:
    with ExitStack() as stack, pytest.raises(MessagingEntityNotFoundError):
        stack.enter_context(blocking.get_queue_receiver("nowhere"))
    with blocking.get_queue_sender("plain") as sender, pytest.raises(MessageSizeExceededError):
        sender.send_messages(ServiceBusMessage("x" * 300_000))
