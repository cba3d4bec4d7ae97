"""Topics, the filters of their subscriptions, and forwarding."""

from datetime import timedelta

import pytest

from local.servicebus.amqp.message import parse_message
from local.servicebus.clock import ManualClock
from local.servicebus.entities.dispositions import DeadLetter
from local.servicebus.entities.errors import EntityNotFoundError
from local.servicebus.entities.filters import CorrelationFilter, FalseFilter, Filter, TrueFilter
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.queue import Queue
from local.servicebus.entities.settings import NamespaceSettings, QueueSettings, SubscriptionSettings, TopicSettings
from local.servicebus.entities.topic import Topic
from tests.unit.servicebus.at_hand import accepting, body_of, encoded, queue_of, receiving, settle, transit

CHANGED = CorrelationFilter(properties={"outcome": "changed"})


def topic_of(clock: ManualClock, topic: TopicSettings, **queues: QueueSettings) -> tuple[Namespace, Topic]:
    namespace = Namespace(NamespaceSettings(queues, {"events": topic}), clock)
    found = namespace.entity("events")
    assert isinstance(found, Topic)
    return namespace, found


def subscription(namespace: Namespace, name: str) -> Queue:
    queue = namespace.entity(f"events/Subscriptions/{name}")
    assert isinstance(queue, Queue)
    return queue


def test_every_subscription_gets_its_own_copy(clock: ManualClock) -> None:
    settings = TopicSettings(subscriptions={"one": SubscriptionSettings(), "two": SubscriptionSettings()})
    namespace, topic = topic_of(clock, settings)
    topic.intake.send([transit("a"), transit("b")])
    for name in ("one", "two"):
        assert receiving(subscription(namespace, name)).bodies == ["a", "b"]


def test_a_subscription_gets_what_one_of_its_rules_lets_through_and_once(clock: ManualClock) -> None:
    rules: dict[str, Filter] = {"changed": CHANGED, "urgent": CorrelationFilter(label="urgent")}
    namespace, topic = topic_of(clock, TopicSettings(subscriptions={"some": SubscriptionSettings(rules=rules)}))
    both = transit("both", label="urgent", properties={"outcome": "changed"})
    topic.intake.send([transit("neither"), transit("first", properties={"outcome": "changed"}), both])
    assert receiving(subscription(namespace, "some")).bodies == ["first", "both"]


def test_a_subscription_without_rules_gets_everything(clock: ManualClock) -> None:
    namespace, _ = topic_of(clock, TopicSettings(subscriptions={"all": SubscriptionSettings()}))
    found = namespace.subscription("EVENTS/subscriptions/ALL")
    assert found is not None
    assert found.rules == {"$Default": TrueFilter()}


def test_a_copy_has_a_number_of_its_own_and_the_topic_s_beside_it(clock: ManualClock) -> None:
    settings = TopicSettings(subscriptions={"some": SubscriptionSettings(rules={"changed": CHANGED})})
    namespace, topic = topic_of(clock, settings)
    topic.intake.send([transit("other"), transit("mine", properties={"outcome": "changed"})])
    (message,) = receiving(subscription(namespace, "some")).received
    assert (message.sequence_number, message.transit.enqueued_sequence_number) == (1, 2)


def test_a_topic_keeps_scheduled_messages_and_finds_duplicates(clock: ManualClock) -> None:
    settings = TopicSettings(duplicate_window=timedelta(minutes=5), subscriptions={"all": SubscriptionSettings()})
    namespace, topic = topic_of(clock, settings)
    (number, cancelled) = topic.intake.schedule(
        [transit(name, message_id=name, scheduled_for=clock.now() + timedelta(seconds=5)) for name in "ab"]
    )
    topic.intake.cancel([cancelled])
    topic.intake.send([transit("copy of a", message_id="a")])
    receiver = receiving(subscription(namespace, "all"))
    assert receiver.bodies == []
    clock.move(5)
    assert receiver.bodies == ["a"]
    assert number == 1


def test_the_topic_s_time_to_live_holds_for_its_subscriptions(clock: ManualClock) -> None:
    settings = TopicSettings(timedelta(seconds=5), subscriptions={"all": SubscriptionSettings()})
    namespace, topic = topic_of(clock, settings)
    topic.intake.send([transit("old")])
    clock.move(5)
    assert len(subscription(namespace, "all").store) == 0


def test_a_message_without_a_session_is_dead_lettered_where_sessions_are_required(clock: ManualClock) -> None:
    by_user = SubscriptionSettings(QueueSettings(requires_session=True))
    namespace, topic = topic_of(clock, TopicSettings(subscriptions={"by-user": by_user}))
    topic.intake.send([transit("mine", session="me"), transit("nobody's")])
    assert accepting(subscription(namespace, "by-user"), "me").bodies == ["mine"]
    (dead,) = receiving(subscription(namespace, "by-user/$DeadLetterQueue")).received
    assert (body_of(dead), dead.transit.reasons["DeadLetterReason"]) == ("nobody's", "Session id is null")


def test_a_subscription_forwards_to_a_queue(clock: ManualClock) -> None:
    settings = TopicSettings(subscriptions={"on": SubscriptionSettings(QueueSettings(forward_to="Target"))})
    namespace, topic = topic_of(clock, settings, target=QueueSettings())
    topic.intake.send([transit("a")])
    target = namespace.entity("target")
    assert isinstance(target, Queue)
    (message,) = receiving(target).received
    assert (body_of(message), message.transit.enqueued_sequence_number) == ("a", 1)


def test_dead_letters_are_forwarded_with_their_reason_and_where_they_died(clock: ManualClock) -> None:
    queues = {"source": QueueSettings(forward_dead_letters_to="target"), "target": QueueSettings()}
    namespace = Namespace(NamespaceSettings(queues), clock)
    source, target = namespace.entity("source"), namespace.entity("target")
    assert isinstance(source, Queue)
    assert isinstance(target, Queue)
    source.intake.send([transit("a")])
    settle(source, receiving(source).take(), DeadLetter("bad"))
    (message,) = receiving(target).received
    assert message.transit.dead_letter_source == "source"
    assert message.transit.reasons == {"DeadLetterReason": "bad"}


def test_what_the_target_of_a_forward_refuses_is_not_lost(clock: ManualClock) -> None:
    queues = {"source": QueueSettings(forward_to="target"), "target": QueueSettings(requires_session=True)}
    namespace = Namespace(NamespaceSettings(queues), clock)
    source = namespace.entity("source")
    assert isinstance(source, Queue)
    source.intake.send([transit("no session")])
    kept = namespace.entity("source/$Transfer/$DeadLetterQueue")
    assert isinstance(kept, Queue)
    assert receiving(kept).bodies == ["no session"]


def test_what_does_not_exist_is_not_found(clock: ManualClock) -> None:
    namespace, _ = topic_of(clock, TopicSettings())
    for path in ("", "nothing", "events/Subscriptions/nothing", "events/$DeadLetterQueue"):
        with pytest.raises(EntityNotFoundError):
            namespace.entity(path)


def test_names_are_compared_without_their_case(clock: ManualClock) -> None:
    queue = queue_of(clock)
    assert queue.path == "orders"
    namespace = Namespace(NamespaceSettings({"Orders": QueueSettings()}), clock)
    assert namespace.entity("/ORDERS/$deadletterqueue") is namespace.entity("orders/$DeadLetterQueue")


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        (TrueFilter(), True),
        (FalseFilter(), False),
        (CorrelationFilter(label="news"), True),
        (CorrelationFilter(label="News"), False),
        (CorrelationFilter(session_id="me", message_id="m1"), True),
        (CorrelationFilter(session_id="me", message_id="m2"), False),
        (CorrelationFilter(to="anyone"), False),
        (CorrelationFilter(properties={"count": 5}), True),
        (CorrelationFilter(properties={"count": "5"}), True),
        (CorrelationFilter(properties={"flag": True}), True),
        (CorrelationFilter(properties={"flag": 1}), False),
        (CorrelationFilter(properties={"missing": "x"}), False),
        (CorrelationFilter(label="news", properties={"count": 6}), False),
    ],
)
def test_a_correlation_filter_wants_everything_that_it_names_to_be_equal(rule: Filter, *, matches: bool) -> None:
    content = parse_message(
        encoded("x", session="me", message_id="m1", label="news", properties={"count": 5, "flag": True})
    )
    assert rule.matches(content) is matches
