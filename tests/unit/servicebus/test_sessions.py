"""Sessions: one receiver at a time, order whatever happens, and locks that end."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.servicebus.clock import ManualClock
from local.servicebus.entities.dispositions import Abandon, Complete, DeadLetter, Defer, Release
from local.servicebus.entities.errors import (
    MessageLockLostError,
    NotAllowedError,
    SessionCannotBeLockedError,
    SessionLockLostError,
)
from local.servicebus.entities.message import ReceiveMode
from local.servicebus.entities.queue import Queue
from tests.unit.servicebus.at_hand import (
    Receiver,
    accepting,
    accepting_next,
    body_of,
    dead_letters_of,
    queue_of,
    receiving,
    settle,
    transit,
)

LOCK = timedelta(seconds=30)


@pytest.fixture
def queue(clock: ManualClock) -> Queue:
    return queue_of(clock, requires_session=True, lock_duration=LOCK, max_delivery_count=5)


def leave(receiver: Receiver) -> None:
    assert receiver.seat is not None
    receiver.seat.leave()


def test_a_receiver_gets_the_messages_of_its_session_only(queue: Queue) -> None:
    queue.intake.send([transit("a1", session="a"), transit("b1", session="b"), transit("a2", session="a")])
    assert accepting(queue, "a").bodies == ["a1", "a2"]


def test_a_locked_session_goes_to_nobody_else(queue: Queue) -> None:
    queue.intake.send([transit("a1", session="a")])
    accepting(queue, "a")
    with pytest.raises(SessionCannotBeLockedError):
        accepting(queue, "a", "other")
    assert accepting_next(queue).seat is None


def test_a_session_without_messages_can_be_locked_and_gets_what_comes(queue: Queue) -> None:
    receiver = accepting(queue, "a")
    queue.intake.send([transit("a1", session="a")])
    assert receiver.bodies == ["a1"]


def test_the_next_available_session_is_the_one_that_waits_longest(queue: Queue) -> None:
    queue.intake.send([transit("b1", session="b"), transit("a1", session="a"), transit("b2", session="b")])
    assert accepting_next(queue).bodies == ["b1", "b2"]
    assert accepting_next(queue).bodies == ["a1"]


def test_a_session_that_is_given_up_with_messages_left_goes_behind_the_others(queue: Queue) -> None:
    queue.intake.send([transit("a1", session="a"), transit("b1", session="b")])
    leave(accepting_next(queue, credit=0))
    assert accepting_next(queue).bodies == ["b1"]


def test_a_receiver_waits_until_a_session_has_a_message(queue: Queue) -> None:
    waiting = accepting_next(queue)
    assert waiting.seat is None
    queue.intake.send([transit("a1", session="a")])
    assert waiting.bodies == ["a1"]


def test_receivers_that_wait_are_served_in_the_order_in_which_they_came(queue: Queue) -> None:
    first, second = accepting_next(queue), accepting_next(queue)
    queue.intake.send([transit("a1", session="a"), transit("b1", session="b")])
    assert (first.bodies, second.bodies) == (["a1"], ["b1"])


def test_a_receiver_that_gave_up_waiting_gets_no_session(queue: Queue) -> None:
    waiting = accepting_next(queue)
    queue.by_session.give_up(waiting)
    queue.intake.send([transit("a1", session="a")])
    assert waiting.seat is None
    assert accepting_next(queue).bodies == ["a1"]


def test_a_session_with_nothing_to_receive_is_not_available(clock: ManualClock, queue: Queue) -> None:
    """Locked, deferred and scheduled messages are no reason to give a session to somebody."""
    later = clock.now() + timedelta(hours=1)
    queue.intake.send([transit("deferred", session="a"), transit("later", session="a", scheduled_for=later)])
    receiver = accepting(queue, "a")
    settle(queue, receiver.take(), Defer())
    leave(receiver)
    assert accepting_next(queue).seat is None


def test_an_abandoned_message_comes_again_before_all_later_ones(queue: Queue) -> None:
    queue.intake.send([transit(str(n), session="a") for n in range(3)])
    receiver = accepting(queue, "a", credit=2)
    first, second = receiver.take(), receiver.take()
    settle(queue, first, Abandon())
    receiver.ask(5)
    assert receiver.bodies == ["0", "2"]
    assert receiver.received[0].delivery_count == 1
    settle(queue, second, Complete())


def test_a_session_whose_lock_expired_is_lost_and_its_messages_return_and_count(
    clock: ManualClock, queue: Queue
) -> None:
    queue.intake.send([transit(str(n), session="a") for n in range(3)])
    crashed = accepting(queue, "a", credit=2)
    lock = crashed.received[0].lock
    waiting = accepting_next(queue)
    clock.move(30)
    assert crashed.lost
    assert waiting.bodies == ["0", "1", "2"]
    assert [message.delivery_count for message in waiting.received] == [1, 1, 0]
    assert lock is not None
    with pytest.raises(MessageLockLostError):
        queue.settle(lock.token, Complete())


def test_a_session_that_is_given_up_returns_its_messages_as_if_they_had_not_been_delivered(queue: Queue) -> None:
    """https://learn.microsoft.com/azure/service-bus-messaging/message-sessions#message-delivery-count."""
    queue.intake.send([transit(str(n), session="a") for n in range(3)])
    first = accepting(queue, "a", credit=2)
    waiting = accepting_next(queue)
    leave(first)
    assert waiting.bodies == ["0", "1", "2"]
    assert [message.delivery_count for message in waiting.received] == [0, 0, 0]
    assert not first.lost


def test_a_renewed_session_lock_lasts_from_then_on_for_all_its_messages(clock: ManualClock, queue: Queue) -> None:
    queue.intake.send([transit("a1", session="a")])
    receiver = accepting(queue, "a")
    message = receiver.take()
    clock.move(20)
    session = queue.by_session.sessions.held("a", "link")
    assert session.held_by("link").renew() == clock.now() + LOCK
    clock.move(29)
    settle(queue, message, Complete())
    assert not receiver.lost


def test_only_the_holder_speaks_for_a_session(queue: Queue) -> None:
    accepting(queue, "a", "mine")
    sessions = queue.by_session.sessions
    assert sessions.held("a", "mine") is sessions.held("a", None)
    for session_id, name in (("a", "other"), ("unknown", "mine")):
        with pytest.raises(SessionLockLostError):
            sessions.held(session_id, name)


def test_giving_up_a_session_that_was_lost_harms_nobody(clock: ManualClock, queue: Queue) -> None:
    queue.intake.send([transit("a1", session="a")])
    lost = accepting(queue, "a")
    clock.move(30)
    holder = accepting(queue, "a", "other")
    leave(lost)
    assert lost.seat is not None
    lost.seat.pump()
    queue.intake.send([transit("a2", session="a")])
    assert holder.bodies == ["a1", "a2"]


def test_a_poisoned_message_is_dead_lettered_and_the_session_goes_on(queue: Queue) -> None:
    queue.intake.send([transit("poison", session="a"), transit("next", session="a")])
    receiver = accepting(queue, "a", credit=1)
    for _ in range(5):
        settle(queue, receiver.take(), Abandon())
        receiver.ask(1)
    assert receiver.bodies == ["next"]
    assert receiving(dead_letters_of(queue)).bodies == ["poison"]


def test_dead_letters_have_no_sessions(queue: Queue) -> None:
    queue.intake.send([transit("a1", session="a")])
    settle(queue, accepting(queue, "a").take(), DeadLetter("no good"))
    (dead,) = receiving(dead_letters_of(queue)).received
    assert dead.session_id == "a"
    with pytest.raises(NotAllowedError):
        accepting(dead_letters_of(queue), "a")


def test_the_lock_of_a_deferred_message_is_the_session_s(clock: ManualClock, queue: Queue) -> None:
    queue.intake.send([transit("a1", session="a")])
    receiver = accepting(queue, "a")
    settle(queue, receiver.take(), Defer())
    (message,) = queue.receive_deferred([1], ReceiveMode.PEEK_LOCK, lambda _: True)
    locked_before = bool(message.lock)
    clock.move(30)
    assert (locked_before, bool(message.lock)) == (True, False)
    assert message.delivery_count == 2


def test_a_state_outlives_the_receivers_of_its_session(queue: Queue) -> None:
    receiver = accepting(queue, "a")
    sessions = queue.by_session.sessions
    sessions.set_state(sessions.held("a", "link"), b"half way")
    leave(receiver)
    accepting(queue, "a", "other")
    assert sessions.held("a", "other").state == b"half way"


def test_sessions_that_hold_nothing_are_forgotten(queue: Queue) -> None:
    for number in range(100):
        queue.intake.send([transit("one", session=str(number))])
        receiver = accepting_next(queue)
        settle(queue, receiver.take(), Complete())
        leave(receiver)
    assert not list(queue.by_session.sessions.all())


def test_a_receiver_without_a_session_is_refused(queue: Queue) -> None:
    with pytest.raises(NotAllowedError):
        receiving(queue)


STEPS = st.lists(st.sampled_from(["abandon", "release", "lock expires", "give up", "complete"]), max_size=30)


@given(STEPS, st.integers(1, 4))
def test_a_session_is_received_in_order_whatever_becomes_of_its_messages(steps: list[str], credit: int) -> None:
    """Whatever happens to a message that is not done, no later one is received before it comes again."""
    clock = ManualClock()
    queue = queue_of(clock, requires_session=True, lock_duration=LOCK, max_delivery_count=None)
    queue.intake.send([transit(f"{n:02}", session="a") for n in range(10)])
    done: list[str] = []
    receiver = accepting(queue, "a", credit=credit)
    for step in steps:
        if not receiver.received:
            break
        match step:
            case "complete":
                message = receiver.take()
                settle(queue, message, Complete())
                done.append(body_of(message))
                receiver.ask(1)
            case "abandon" | "release":
                # The newest first, so that what is locked is always an unbroken run.
                settle(queue, receiver.received.pop(), Abandon() if step == "abandon" else Release())
                receiver.ask(1)
            case "lock expires":
                clock.move(30)
                receiver = accepting(queue, "a", credit=credit)
            case _:
                leave(receiver)
                receiver = accepting(queue, "a", credit=credit)
        assert receiver.bodies == sorted(receiver.bodies)
        assert not receiver.bodies or receiver.bodies[0] == f"{len(done):02}"
    assert done == [f"{n:02}" for n in range(len(done))]
