"""A queue without sessions: order, credit, locks and settlement."""

from datetime import timedelta

import pytest

from local.servicebus.clock import ManualClock
from local.servicebus.entities.dispositions import Abandon, Complete, Defer, Release
from local.servicebus.entities.errors import MessageLockLostError, NotAllowedError
from local.servicebus.entities.message import ReceiveMode
from tests.unit.servicebus.at_hand import (
    accepting,
    body_of,
    encoded,
    queue_of,
    receiving,
    settle,
    transit,
)

LOCK = timedelta(seconds=30)


def test_messages_are_received_in_the_order_in_which_they_came(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit(str(n)) for n in range(5)])
    receiver = receiving(queue)
    assert receiver.bodies == ["0", "1", "2", "3", "4"]
    assert [message.sequence_number for message in receiver.received] == [1, 2, 3, 4, 5]


def test_a_receiver_gets_no_more_than_it_has_credit_for(clock: ManualClock) -> None:
    queue = queue_of(clock)
    receiver = receiving(queue, credit=2)
    queue.intake.send([transit(str(n)) for n in range(5)])
    assert receiver.bodies == ["0", "1"]
    receiver.ask(1)
    assert receiver.bodies == ["0", "1", "2"]


def test_receivers_take_turns(clock: ManualClock) -> None:
    queue = queue_of(clock)
    one, two = receiving(queue), receiving(queue)
    queue.intake.send([transit(str(n)) for n in range(4)])
    assert (one.bodies, two.bodies) == (["0", "2"], ["1", "3"])


def test_a_receiver_that_left_gets_nothing_more(clock: ManualClock) -> None:
    queue = queue_of(clock)
    receiver = receiving(queue)
    assert receiver.seat is not None
    receiver.seat.leave()
    queue.intake.send([transit("unseen")])
    assert receiver.bodies == []


def test_a_locked_message_goes_to_nobody_else(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one")])
    receiving(queue)
    assert receiving(queue).bodies == []


def test_a_completed_message_is_gone(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one")])
    settle(queue, receiving(queue).take(), Complete())
    clock.move(3_600)
    assert len(queue.store) == 0
    assert clock.appointments == 0


def test_receive_and_delete_deletes_at_once(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one")])
    message = receiving(queue, mode=ReceiveMode.RECEIVE_AND_DELETE).take()
    assert message.lock is None
    assert len(queue.store) == 0


def test_an_abandoned_message_comes_again_and_the_delivery_counts(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one"), transit("two")])
    receiver = receiving(queue, credit=1)
    first = receiver.take()
    token = first.lock.token if first.lock else None
    settle(queue, first, Abandon())
    receiver.ask(1)
    again = receiver.take()
    assert body_of(again) == "one"
    assert again.delivery_count == 1
    assert again.lock is not None
    assert again.lock.token != token


def test_a_released_message_comes_again_as_if_it_had_not_been_delivered(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one")])
    receiver = receiving(queue)
    settle(queue, receiver.take(), Release())
    assert receiver.take().delivery_count == 0


def test_a_lock_that_expires_returns_the_message_and_the_delivery_counts(clock: ManualClock) -> None:
    queue = queue_of(clock, lock_duration=LOCK)
    queue.intake.send([transit("one")])
    receiver = receiving(queue)
    receiver.take()
    clock.move(29)
    assert receiver.bodies == []
    clock.move(1)
    assert receiver.take().delivery_count == 1


def test_a_lock_that_expired_settles_nothing(clock: ManualClock) -> None:
    queue = queue_of(clock, lock_duration=LOCK)
    queue.intake.send([transit("one")])
    message = receiving(queue, credit=1).take()
    lock = message.lock
    clock.move(31)
    assert lock is not None
    with pytest.raises(MessageLockLostError):
        queue.settle(lock.token, Complete())
    assert len(queue.store) == 1


def test_a_message_is_settled_once(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one")])
    message = receiving(queue, credit=1).take()
    lock = message.lock
    assert lock is not None
    queue.settle(lock.token, Abandon())
    with pytest.raises(MessageLockLostError):
        queue.settle(lock.token, Complete())


def test_a_renewed_lock_lasts_from_then_on(clock: ManualClock) -> None:
    queue = queue_of(clock, lock_duration=LOCK)
    queue.intake.send([transit("one")])
    receiver = receiving(queue)
    message = receiver.take()
    clock.move(20)
    assert message.lock is not None
    assert message.lock.term.renew() == clock.now() + LOCK
    clock.move(29)
    settle(queue, message, Complete())
    assert receiver.bodies == []


def test_the_lock_of_a_receiver_that_left_stays_until_it_expires(clock: ManualClock) -> None:
    """As with the real service: a lock belongs to the message, not to the link."""
    queue = queue_of(clock, lock_duration=LOCK)
    queue.intake.send([transit("one")])
    gone = receiving(queue)
    message = gone.take()
    assert gone.seat is not None
    gone.seat.leave()
    other = receiving(queue)
    assert other.bodies == []
    settle(queue, message, Complete())
    assert len(queue.store) == 0


def test_browsing_shows_messages_of_every_state_and_locks_none(clock: ManualClock) -> None:
    queue = queue_of(clock)
    later = clock.now() + timedelta(hours=1)
    queue.intake.send(
        [transit("locked"), transit("deferred"), transit("active"), transit("later", scheduled_for=later)]
    )
    receiver = receiving(queue, credit=2)
    receiver.take()
    settle(queue, receiver.take(), Defer())
    found = queue.store.browse(1, 10, lambda _: True)
    assert [body_of(message) for message in found] == ["locked", "deferred", "active", "later"]
    assert [message.state.name for message in found] == ["ACTIVE", "DEFERRED", "ACTIVE", "SCHEDULED"]
    assert [body_of(message) for message in queue.store.browse(2, 2, lambda _: True)] == ["deferred", "active"]
    receiver.ask(1)
    assert receiver.bodies == ["active"]


def test_a_batch_is_taken_as_a_whole_or_not_at_all(clock: ManualClock) -> None:
    queue = queue_of(clock, requires_session=True)
    with pytest.raises(NotAllowedError):
        queue.intake.send([transit("good", session="a"), transit("without a session")])
    assert len(queue.store) == 0


def test_a_receiver_of_sessions_is_refused_where_there_are_none(clock: ManualClock) -> None:
    with pytest.raises(NotAllowedError):
        accepting(queue_of(clock), "a")


def test_a_message_without_a_body_is_a_message(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("")])
    assert receiving(queue).bodies == [""]
    assert encoded("")
