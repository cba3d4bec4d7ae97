"""The blocking SDK: the promises that hang on its own code, which is not that of the asynchronous one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta

import pytest
from azure.servicebus import (
    NEXT_AVAILABLE_SESSION,
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusReceiveMode,
    ServiceBusSubQueue,
)
from azure.servicebus.exceptions import (
    MessageLockLostError,
    MessageSizeExceededError,
    MessagingEntityNotFoundError,
    SessionCannotBeLockedError,
    SessionLockLostError,
)

from local.servicebus.clock import ManualClock
from tests.contract.servicebus.blocking import Background, left, receive, texts
from tests.contract.servicebus.handlers import PATIENCE
from tests.contract.servicebus.running import (
    LOCK_SECONDS,
    MAX_DELIVERIES,
    SHORT_LIFE_SECONDS,
    BrokerThread,
    broker_in_thread,
)
from tests.unit.servicebus.at_hand import transit


@pytest.fixture(scope="module")
def background() -> Iterator[Background]:
    with ThreadPoolExecutor(32) as pool:
        yield (running := Background(pool))
        running.join()


@pytest.fixture
def ends(background: Background) -> Iterator[ExitStack]:
    stack = ExitStack()
    yield stack
    background.end(stack.close)


@pytest.fixture
def broker(ends: ExitStack) -> BrokerThread:
    return ends.enter_context(broker_in_thread(ManualClock()))


@pytest.fixture
def blocking(ends: ExitStack, broker: BrokerThread) -> ServiceBusClient:
    return ends.enter_context(ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0))


def test_messages_are_sent_received_and_settled_in_every_way(
    background: Background, blocking: ServiceBusClient
) -> None:
    dead = blocking.get_queue_receiver("plain", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    with background.opened(blocking.get_queue_sender("plain"), blocking.get_queue_receiver("plain"), dead) as (
        sender,
        receiver,
        dead_letters,
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


def test_a_lock_is_renewed_and_lost_and_too_many_deliveries_are_dead_lettered(
    background: Background, broker: BrokerThread, blocking: ServiceBusClient
) -> None:
    broker.put("plain", transit("one"))
    dead = blocking.get_queue_receiver("plain", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    with background.opened(blocking.get_queue_receiver("plain"), dead) as (receiver, dead_letters):
        (got,) = receive(receiver)
        broker.move(LOCK_SECONDS - 1)
        receiver.renew_message_lock(got)
        broker.move(LOCK_SECONDS - 1)
        assert not receiver.receive_messages(1, max_wait_time=0.3)
        broker.move(1)
        with pytest.raises(MessageLockLostError):
            receiver.complete_message(got)
        with pytest.raises(MessageLockLostError):
            receiver.renew_message_lock(got)
        for count in range(1, MAX_DELIVERIES):
            (again,) = receive(receiver)
            assert again.delivery_count == count
            receiver.abandon_message(again)
        (buried,) = receive(dead_letters)
        assert buried.dead_letter_reason == "MaxDeliveryCountExceeded"


def test_a_session_is_received_in_order_by_one_receiver(
    background: Background, broker: BrokerThread, blocking: ServiceBusClient
) -> None:
    broker.put("sessions", *(transit(body, session="a") for body in ("1", "2", "3")))
    any_session = blocking.get_queue_receiver(
        "sessions", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=PATIENCE, prefetch_count=10
    )
    with background.opened(any_session) as (receiver,):
        assert receiver.session.session_id == "a"
        with (
            pytest.raises(SessionCannotBeLockedError),
            background.opened(blocking.get_queue_receiver("sessions", session_id="a")),
        ):
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
        broker.move(LOCK_SECONDS)
        with pytest.raises(SessionLockLostError):
            receiver.session.get_state()
    assert list(blocking.list_queue_sessions("sessions")) == ["a"]


def test_a_named_session_of_a_subscription_is_received(
    background: Background, broker: BrokerThread, blocking: ServiceBusClient
) -> None:
    by_user = blocking.get_subscription_receiver("events", "by-user", session_id="b")
    changed = blocking.get_subscription_receiver("events", "changed")
    with background.opened(blocking.get_topic_sender("events"), by_user, changed) as (sender, session, filtered):
        batch = sender.create_message_batch()
        for body, name in (("a1", "a"), ("b1", "b"), ("b1", "b"), ("b2", "b")):
            outcome = "changed" if body == "b2" else "rejected"
            batch.add_message(
                ServiceBusMessage(body, session_id=name, message_id=body, application_properties={"outcome": outcome})
            )
        sender.send_messages(batch)
        # The second of the two with one id is a duplicate.
        assert texts(receive(session, 2)) == ["b1", "b2"]
        assert left(filtered) == ["b2"]
    assert broker.messages("events/Subscriptions/all") == 3


def test_messages_are_scheduled_and_cancelled_and_expire(
    background: Background, broker: BrokerThread, blocking: ServiceBusClient
) -> None:
    dead = blocking.get_queue_receiver("short-lived", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    with background.opened(
        blocking.get_queue_sender("short-lived"), blocking.get_queue_receiver("short-lived"), dead
    ) as (
        sender,
        receiver,
        dead_letters,
    ):
        when = broker.after(30)
        _, cancelled = sender.schedule_messages([ServiceBusMessage("comes"), ServiceBusMessage("does not")], when)
        sender.cancel_scheduled_messages(cancelled)
        brief = ServiceBusMessage("brief", time_to_live=timedelta(seconds=5))
        sender.send_messages(brief)
        broker.move(5)
        (buried,) = receive(dead_letters)
        assert (str(buried), buried.dead_letter_reason) == ("brief", "TTLExpiredException")
        dead_letters.complete_message(buried)
        broker.move(25)
        assert left(receiver) == ["comes"]
        broker.move(SHORT_LIFE_SECONDS)
        assert texts(receive(dead_letters)) == ["comes"]


def test_receive_and_delete_with_prefetch_leaves_nothing(
    background: Background, broker: BrokerThread, blocking: ServiceBusClient
) -> None:
    broker.put("plain", *(transit(str(number)) for number in range(50)))
    greedy = blocking.get_queue_receiver(
        "plain", receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE, prefetch_count=100
    )
    with background.opened(greedy) as (receiver,):
        assert texts(receive(receiver, 50)) == [str(number) for number in range(50)]
        assert left(receiver) == []


def test_what_cannot_be_done_is_refused_with_the_right_error(
    background: Background, blocking: ServiceBusClient
) -> None:
    with pytest.raises(MessagingEntityNotFoundError), background.opened(blocking.get_queue_receiver("nowhere")):
        pass
    with background.opened(blocking.get_queue_sender("plain")) as (sender,), pytest.raises(MessageSizeExceededError):
        sender.send_messages(ServiceBusMessage("x" * 300_000))


def test_the_sdk_goes_on_after_the_broker_has_dropped_its_connections(
    background: Background, ends: ExitStack, broker: BrokerThread
) -> None:
    stubborn = ServiceBusClient.from_connection_string(
        broker.connection_string, retry_total=5, retry_backoff_factor=0.05
    )
    ends.enter_context(stubborn)
    with background.opened(stubborn.get_queue_sender("plain"), stubborn.get_queue_receiver("plain")) as (
        sender,
        receiver,
    ):
        broker.drop_connections()
        sender.send_messages(ServiceBusMessage("after"))
        assert texts(receive(receiver)) == ["after"]
