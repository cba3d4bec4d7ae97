"""A message id is taken once in a while."""

from datetime import timedelta

from local.servicebus.clock import ManualClock
from tests.unit.servicebus.at_hand import queue_of, receiving, transit

WINDOW = timedelta(seconds=20)


def test_a_duplicate_is_dropped_without_a_word(clock: ManualClock) -> None:
    queue = queue_of(clock, duplicate_window=WINDOW)
    queue.intake.send([transit("first", message_id="same")])
    queue.intake.send([transit("second", message_id="same"), transit("other", message_id="other")])
    assert receiving(queue).bodies == ["first", "other"]


def test_duplicates_in_one_batch_are_found(clock: ManualClock) -> None:
    queue = queue_of(clock, duplicate_window=WINDOW)
    queue.intake.send([transit("first", message_id="same"), transit("second", message_id="same")])
    assert receiving(queue).bodies == ["first"]


def test_an_id_is_free_again_after_the_window_which_duplicates_do_not_prolong(clock: ManualClock) -> None:
    queue = queue_of(clock, duplicate_window=WINDOW)
    receiver = receiving(queue)
    for seconds in (0, 19, 1):
        clock.move(seconds)
        queue.intake.send([transit(str(seconds), message_id="same")])
    assert receiver.bodies == ["0", "1"]


def test_messages_without_an_id_are_never_duplicates(clock: ManualClock) -> None:
    queue = queue_of(clock, duplicate_window=WINDOW)
    queue.intake.send([transit("one"), transit("two")])
    assert receiving(queue).bodies == ["one", "two"]


def test_a_queue_that_does_not_look_for_duplicates_takes_them(clock: ManualClock) -> None:
    queue = queue_of(clock)
    queue.intake.send([transit("one", message_id="same"), transit("two", message_id="same")])
    assert receiving(queue).bodies == ["one", "two"]
