"""Messages set aside: dead letters, and those that are deferred."""

from datetime import timedelta

import pytest

from local.servicebus.clock import ManualClock
from local.servicebus.entities.dispositions import Abandon, Complete, DeadLetter, Defer, Release
from local.servicebus.entities.errors import MessageLockLostError, MessageNotFoundError
from local.servicebus.entities.message import MessageState, ReceiveMode
from tests.unit.servicebus.at_hand import (
    body_of,
    dead_letters_of,
    queue_of,
    receiving,
    settle,
    transit,
)

LOCK = timedelta(seconds=30)


def test_a_message_that_was_delivered_too_often_is_dead_lettered_and_says_so(clock: ManualClock) -> None:
    queue = queue_of(clock, max_delivery_count=3)
    queue.intake.send([transit("poison")])
    receiver = receiving(queue)
    for _ in range(3):
        settle(queue, receiver.take(), Abandon())
    assert receiver.bodies == []
    dead = receiving(dead_letters_of(queue)).take()
    assert dead.transit.reasons["DeadLetterReason"] == "MaxDeliveryCountExceeded"
    assert dead.delivery_count == 3


def test_a_dead_lettered_message_keeps_its_number_and_time_and_gives_its_reasons(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one"), transit("two")])
    enqueued = clock.now()
    receiver = receiving(queue)
    receiver.take()
    clock.move(5)
    settle(queue, receiver.take(), DeadLetter("invalid", "it makes no sense"))
    dead = receiving(dead_letters_of(queue)).take()
    assert (body_of(dead), dead.sequence_number, dead.enqueued_at) == ("two", 2, enqueued)
    assert dead.transit.reasons == {"DeadLetterReason": "invalid", "DeadLetterErrorDescription": "it makes no sense"}


def test_dead_letters_stay_however_old_they_are_and_however_often_delivered(clock: ManualClock) -> None:
    queue = queue_of(clock, max_delivery_count=1)
    queue.intake.send([transit("one")])
    settle(queue, receiving(queue).take(), Abandon())
    clock.move(100_000)
    receiver = receiving(dead_letters_of(queue))
    for _ in range(20):
        settle(dead_letters_of(queue), receiver.take(), Abandon())
    assert receiver.bodies == ["one"]


def test_a_dead_letter_that_is_dead_lettered_again_stays_with_the_new_reason(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one")])
    settle(queue, receiving(queue).take(), DeadLetter("first"))
    receiver = receiving(dead_letters_of(queue), credit=1)
    settle(dead_letters_of(queue), receiver.take(), DeadLetter("second"))
    receiver.ask(1)
    assert receiver.take().transit.reasons == {"DeadLetterReason": "second"}


def test_a_deferred_message_comes_only_to_those_who_ask_for_its_number(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one"), transit("two")])
    receiver = receiving(queue)
    settle(queue, receiver.take(), Defer())
    clock.move(120)
    assert "one" not in receiver.bodies
    (message,) = queue.receive_deferred([1], ReceiveMode.PEEK_LOCK, lambda _: True)
    assert (body_of(message), message.state) == ("one", MessageState.DEFERRED)
    settle(queue, message, Complete())
    assert queue.store.find(1) is None


def test_a_deferral_counts_as_a_delivery(clock: ManualClock) -> None:
    """https://github.com/Azure/azure-service-bus/issues/375."""
    queue = queue_of(clock, max_delivery_count=1)
    queue.intake.send([transit("one")])
    settle(queue, receiving(queue).take(), Defer())
    assert receiving(dead_letters_of(queue)).bodies == ["one"]


@pytest.mark.parametrize("disposition", [Abandon(), Release(), Defer()])
def test_a_deferred_message_that_is_given_back_stays_deferred(clock: ManualClock, disposition: Abandon) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one")])
    receiver = receiving(queue)
    settle(queue, receiver.take(), Defer())
    (message,) = queue.receive_deferred([1], ReceiveMode.PEEK_LOCK, lambda _: True)
    settle(queue, message, disposition)
    assert receiver.bodies == []
    assert queue.receive_deferred([1], ReceiveMode.PEEK_LOCK, lambda _: True)


def test_deferred_messages_are_received_all_or_none(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one"), transit("two")])
    receiver = receiving(queue)
    settle(queue, receiver.take(), Defer())
    with pytest.raises(MessageNotFoundError):
        queue.receive_deferred([1, 2], ReceiveMode.PEEK_LOCK, lambda _: True)
    assert queue.receive_deferred([1, 1], ReceiveMode.PEEK_LOCK, lambda _: True)
    with pytest.raises(MessageNotFoundError):
        queue.receive_deferred([1], ReceiveMode.PEEK_LOCK, lambda _: True)


def test_a_deferred_message_can_be_locked_again_after_its_lock_expired(clock: ManualClock) -> None:
    """A message locked twice once left a stale lock behind, which took all other locks down when it expired."""
    queue = queue_of(clock, lock_duration=LOCK, max_delivery_count=10)
    queue.intake.send([transit("one")])
    settle(queue, receiving(queue, credit=1).take(), Defer())
    (first,) = queue.receive_deferred([1], ReceiveMode.PEEK_LOCK, lambda _: True)
    stale = first.lock
    clock.move(31)
    (second,) = queue.receive_deferred([1], ReceiveMode.PEEK_LOCK, lambda _: True)
    clock.move(10)
    assert stale is not None
    with pytest.raises(MessageLockLostError):
        queue.settle(stale.token, Complete())
    settle(queue, second, Complete())
    clock.move(120)
    assert len(queue.store) == 0


def test_a_deferred_message_can_be_received_and_deleted(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one")])
    settle(queue, receiving(queue).take(), Defer())
    queue.receive_deferred([1], ReceiveMode.RECEIVE_AND_DELETE, lambda _: True)
    assert len(queue.store) == 0
