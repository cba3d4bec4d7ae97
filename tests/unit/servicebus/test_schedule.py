"""Messages for later."""

from datetime import timedelta

import pytest

from local.servicebus.clock import ManualClock
from local.servicebus.entities.errors import MessageNotFoundError
from local.servicebus.entities.queue import Queue
from tests.unit.servicebus.at_hand import accepting, accepting_next, queue_of, receiving, transit


@pytest.fixture
def queue(clock: ManualClock) -> Queue:
    return queue_of(clock, duplicate_window=timedelta(minutes=5))


def test_a_scheduled_message_comes_at_its_time_and_not_before(clock: ManualClock, queue: Queue) -> None:
    receiver = receiving(queue)
    queue.intake.send([transit("later", scheduled_for=clock.now() + timedelta(seconds=60))])
    clock.move(59)
    assert receiver.bodies == []
    clock.move(1)
    assert receiver.bodies == ["later"]


def test_a_scheduled_message_is_enqueued_with_a_new_number_and_the_time_of_then(
    clock: ManualClock, queue: Queue
) -> None:
    """Order goes by when a message is enqueued: what came meanwhile comes first, with a lower number."""
    (number,) = queue.intake.schedule([transit("later", scheduled_for=clock.now() + timedelta(seconds=60))])
    queue.intake.send([transit("meanwhile")])
    clock.move(60)
    meanwhile, later = receiving(queue).received
    assert number < meanwhile.sequence_number < later.sequence_number
    assert later.enqueued_at == clock.now()
    assert later.transit.scheduled_for == clock.now()
    assert queue.store.find(number) is None


def test_a_time_that_is_past_means_now(clock: ManualClock, queue: Queue) -> None:
    receiver = receiving(queue)
    queue.intake.send([transit("sent", scheduled_for=clock.now() - timedelta(seconds=1))])
    queue.intake.schedule([transit("scheduled", scheduled_for=clock.now() - timedelta(seconds=1))])
    clock.move(0)
    assert receiver.bodies == ["sent", "scheduled"]


def test_a_cancelled_message_does_not_come(clock: ManualClock, queue: Queue) -> None:
    numbers = queue.intake.schedule([transit(n, scheduled_for=clock.now() + timedelta(seconds=60)) for n in "ab"])
    queue.intake.cancel(numbers[:1])
    clock.move(60)
    assert receiving(queue).bodies == ["b"]


def test_messages_are_cancelled_all_or_none(clock: ManualClock, queue: Queue) -> None:
    (number,) = queue.intake.schedule([transit("later", scheduled_for=clock.now() + timedelta(seconds=60))])
    with pytest.raises(MessageNotFoundError):
        queue.intake.cancel([number, 4_711])
    clock.move(60)
    assert receiving(queue).bodies == ["later"]
    with pytest.raises(MessageNotFoundError):
        queue.intake.cancel([number])


def test_a_scheduled_message_makes_its_session_available_at_its_time(clock: ManualClock) -> None:
    queue = queue_of(clock, requires_session=True)
    waiting = accepting_next(queue)
    queue.intake.send([transit("later", session="a", scheduled_for=clock.now() + timedelta(seconds=5))])
    assert waiting.seat is None
    clock.move(5)
    assert waiting.bodies == ["later"]


def test_a_scheduled_copy_comes_after_what_its_session_got_meanwhile(clock: ManualClock) -> None:
    queue = queue_of(clock, requires_session=True)
    queue.intake.send([transit("copy", session="a", scheduled_for=clock.now() + timedelta(seconds=5))])
    queue.intake.send([transit("newer", session="a")])
    clock.move(5)
    assert accepting(queue, "a").bodies == ["newer", "copy"]


def test_the_time_to_live_begins_when_the_message_is_enqueued(clock: ManualClock, queue: Queue) -> None:
    ttl = timedelta(seconds=10)
    queue.intake.send([transit("later", scheduled_for=clock.now() + timedelta(seconds=60), ttl=ttl)])
    clock.move(69)
    assert receiving(queue).bodies == ["later"]


@pytest.mark.parametrize("first_is_scheduled", [True, False])
def test_scheduled_messages_and_others_are_duplicates_of_each_other(
    clock: ManualClock, queue: Queue, *, first_is_scheduled: bool
) -> None:
    """https://learn.microsoft.com/azure/service-bus-messaging/duplicate-detection."""
    later = clock.now() + timedelta(seconds=60)
    messages = [transit("now", message_id="same"), transit("later", message_id="same", scheduled_for=later)]
    for message in reversed(messages) if first_is_scheduled else messages:
        queue.intake.schedule([message]) if message.scheduled_for else queue.intake.send([message])
    clock.move(60)
    assert receiving(queue).bodies == (["later"] if first_is_scheduled else ["now"])
