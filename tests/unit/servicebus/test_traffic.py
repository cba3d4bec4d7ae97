"""What came in and what was completed is counted, by entity and minute, as Azure Monitor does."""

from datetime import timedelta

import pytest

from local.servicebus.clock import ManualClock
from local.servicebus.entities.dispositions import Abandon, Complete, DeadLetter, Defer, Disposition, Release
from local.servicebus.entities.errors import NotAllowedError
from local.servicebus.entities.message import ReceiveMode
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.queue import Queue
from local.servicebus.entities.settings import NamespaceSettings, QueueSettings, SubscriptionSettings, TopicSettings
from local.servicebus.entities.traffic import Metric, minute_of
from tests.unit.servicebus.at_hand import accepting, dead_letters_of, receiving, settle, transit

DAY = timedelta(days=1)
SETTINGS = NamespaceSettings(
    {
        "orders": QueueSettings(),
        "sessions": QueueSettings(requires_session=True),
        "unique": QueueSettings(duplicate_window=timedelta(minutes=10)),
    },
    {"events": TopicSettings(subscriptions={"one": SubscriptionSettings(), "two": SubscriptionSettings()})},
)


@pytest.fixture
def namespace(clock: ManualClock) -> Namespace:
    return Namespace(SETTINGS, clock)


def queue_at(namespace: Namespace, path: str) -> Queue:
    found = namespace.entity(path)
    assert isinstance(found, Queue)
    return found


def counted(namespace: Namespace, name: str, clock: ManualClock) -> tuple[int, int]:
    """Gives how many messages came in and were completed in the last day."""
    now = clock.now() + timedelta(seconds=1)
    totals = [namespace.traffic[name].totals(metric, now - DAY, now) for metric in Metric]
    incoming, completed = (sum(total.values()) for total in totals)
    return incoming, completed


def test_each_minute_has_its_own_count(namespace: Namespace, clock: ManualClock) -> None:
    start = minute_of(clock.now())
    queue = queue_at(namespace, "orders")
    queue.intake.send([transit("a"), transit("b")])
    clock.move(60)
    queue.intake.send([transit("c")])
    assert namespace.traffic["orders"].totals(Metric.INCOMING, start, start + DAY) == {
        start: 2,
        start + timedelta(minutes=1): 1,
    }
    assert namespace.traffic["orders"].totals(Metric.INCOMING, start, start + timedelta(minutes=1)) == {start: 2}


@pytest.mark.parametrize(
    ("how", "completed"), [(Complete(), 1), (Abandon(), 0), (Release(), 0), (Defer(), 0), (DeadLetter(), 0)]
)
def test_only_a_completed_message_counts_as_completed(
    namespace: Namespace, clock: ManualClock, how: Disposition, completed: int
) -> None:
    queue = queue_at(namespace, "orders")
    queue.intake.send([transit("a")])
    settle(queue, receiving(queue, credit=1).take(), how)
    assert counted(namespace, "orders", clock) == (1, completed)


def test_a_message_that_is_received_and_deleted_in_one_is_not_completed(
    namespace: Namespace, clock: ManualClock
) -> None:
    queue = queue_at(namespace, "orders")
    queue.intake.send([transit("a")])
    receiving(queue, mode=ReceiveMode.RECEIVE_AND_DELETE)
    assert counted(namespace, "orders", clock) == (1, 0)


def test_a_dead_letter_that_is_completed_counts_for_its_queue(namespace: Namespace, clock: ManualClock) -> None:
    queue = queue_at(namespace, "orders")
    queue.intake.send([transit("a")])
    settle(queue, receiving(queue).take(), DeadLetter())
    dead = dead_letters_of(queue)
    settle(dead, receiving(dead).take(), Complete())
    assert counted(namespace, "orders", clock) == (1, 1)


def test_subscriptions_count_for_their_topic(namespace: Namespace, clock: ManualClock) -> None:
    namespace.entity("events").intake.send([transit("a")])
    for name in ("one", "two"):
        queue = queue_at(namespace, f"events/Subscriptions/{name}")
        settle(queue, receiving(queue).take(), Complete())
    assert counted(namespace, "events", clock) == (1, 2)


def test_what_is_refused_at_the_door_did_not_come_in(namespace: Namespace, clock: ManualClock) -> None:
    with pytest.raises(NotAllowedError):
        queue_at(namespace, "sessions").intake.send([transit("a")])
    assert counted(namespace, "sessions", clock) == (0, 0)


def test_a_copy_that_is_dropped_was_sent_all_the_same(namespace: Namespace, clock: ManualClock) -> None:
    queue = queue_at(namespace, "unique")
    queue.intake.send([transit("a", message_id="1"), transit("b", message_id="1")])
    assert len(queue.store) == 1
    assert counted(namespace, "unique", clock) == (2, 0)


def test_a_message_that_vanishes_is_completed_and_nobody_receives_it(namespace: Namespace, clock: ManualClock) -> None:
    queue = queue_at(namespace, "sessions")
    receiver = accepting(queue, "anna")
    queue.vanishing[None] = 1
    queue.intake.send([transit("a", session="anna"), transit("b", session="anna")])
    assert receiver.bodies == ["b"]
    assert len(queue.store) == 1
    assert counted(namespace, "sessions", clock) == (2, 1)


def test_messages_of_one_session_can_vanish_alone(namespace: Namespace, clock: ManualClock) -> None:
    queue = queue_at(namespace, "sessions")
    anna, ben = accepting(queue, "anna"), accepting(queue, "ben", "other")
    queue.vanishing["ben"] = 1
    sent = [transit("a", session="anna"), *(transit(body, session="ben") for body in "bc")]
    queue.intake.send(sent)
    assert (anna.bodies, ben.bodies) == (["a"], ["c"])
    assert counted(namespace, "sessions", clock) == (3, 1)
