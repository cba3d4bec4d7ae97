"""What `$management` answers, where the Python SDK cannot ask or cannot ask wrongly."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from local.servicebus.amqp.encode import encode
from local.servicebus.amqp.message import Map
from local.servicebus.amqp.times import to_timestamp
from local.servicebus.amqp.types import Array, Int, Timestamp, UInt
from local.servicebus.clock import ManualClock
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.queue import Queue
from local.servicebus.entities.settings import NamespaceSettings, QueueSettings, SubscriptionSettings, TopicSettings
from local.servicebus.management.node import ManagementNode
from tests.unit.servicebus.asking import ask, condition, status
from tests.unit.servicebus.at_hand import accepting, encoded, queue_of, receiving, transit


@pytest.fixture
def queue(clock: ManualClock) -> Queue:
    return queue_of(clock)


@pytest.fixture
def sessions(clock: ManualClock) -> Queue:
    return queue_of(clock, requires_session=True)


def node(queue: Queue) -> ManagementNode:
    return ManagementNode(queue, None)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("renew-lock", {}),
        ("renew-lock", {"lock-tokens": "no array"}),
        ("renew-lock", {"lock-tokens": Array(int, (1, 2))}),
        ("peek-message", {"from-sequence-number": "one", "message-count": Int(1)}),
        ("schedule-message", {"messages": [{}]}),
        ("schedule-message", {"messages": [{"message": b"no message"}]}),
        ("schedule-message", {"messages": [1]}),
        ("cancel-scheduled-message", {}),
        ("update-disposition", {"disposition-status": "eaten", "lock-tokens": Array(UUID, ())}),
        ("receive-by-sequence-number", {"sequence-numbers": Array(int, (1,))}),
    ],
)
def test_a_request_that_lacks_something_is_told_what(queue: Queue, operation: str, body: Map) -> None:
    answer = ask(node(queue), operation, body)
    assert (status(answer), condition(answer)) == (400, "com.microsoft:argument-error")
    assert answer.properties["statusDescription"]


def test_an_operation_that_does_not_exist_is_not_implemented(queue: Queue) -> None:
    assert condition(ask(node(queue), "make-coffee", {})) == "amqp:not-implemented"


@pytest.mark.parametrize("operation", ["get-session-state", "set-session-state", "renew-session-lock"])
def test_a_session_is_only_spoken_for_by_the_link_that_locked_it(sessions: Queue, operation: str) -> None:
    accepting(sessions, "a", "mine")
    assert status(ask(node(sessions), operation, {"session-id": "a"}, "mine")) == 200
    for link, session in (("other", "a"), ("mine", "b")):
        answer = ask(node(sessions), operation, {"session-id": session}, link)
        assert (status(answer), condition(answer)) == (410, "com.microsoft:session-lock-lost")


def test_the_state_of_a_session_can_be_cleared(sessions: Queue) -> None:
    accepting(sessions, "a")
    for state in (b"one", None):
        ask(node(sessions), "set-session-state", {"session-id": "a", "session-state": state})
        assert ask(node(sessions), "get-session-state", {"session-id": "a"}).body == {"session-state": state}


def test_locks_are_renewed_all_or_none(clock: ManualClock, queue: Queue) -> None:
    queue.intake.send([transit("a")])
    message = receiving(queue).take()
    assert message.lock is not None
    token = message.lock.token
    clock.move(30)
    answer = ask(node(queue), "renew-lock", {"lock-tokens": Array(UUID, (token, uuid4()))})
    assert (status(answer), condition(answer)) == (410, "com.microsoft:message-lock-lost")
    answer = ask(node(queue), "renew-lock", {"lock-tokens": Array(UUID, (token,))})
    assert answer.body == {"expirations": Array(Timestamp, (to_timestamp(clock.now() + timedelta(minutes=1)),))}


def test_a_message_of_a_session_has_no_lock_of_its_own_to_renew(sessions: Queue) -> None:
    answer = ask(node(sessions), "renew-lock", {"lock-tokens": Array(UUID, (uuid4(),))})
    assert condition(answer) == "amqp:not-allowed"


def test_messages_are_settled_all_or_none(queue: Queue) -> None:
    queue.intake.send([transit("a")])
    message = receiving(queue).take()
    assert message.lock is not None
    tokens = Array(UUID, (message.lock.token, uuid4()))
    answer = ask(node(queue), "update-disposition", {"disposition-status": "completed", "lock-tokens": tokens})
    assert condition(answer) == "com.microsoft:message-lock-lost"
    assert len(queue.store) == 1


def test_messages_of_a_session_are_settled_by_its_holder_only(sessions: Queue) -> None:
    sessions.intake.send([transit("a", session="s")])
    (message,) = accepting(sessions, "s", "mine").received
    assert message.lock is not None
    body: Map = {
        "disposition-status": "completed",
        "lock-tokens": Array(UUID, (message.lock.token,)),
        "session-id": "s",
    }
    assert condition(ask(node(sessions), "update-disposition", body, "other")) == "com.microsoft:session-lock-lost"
    assert status(ask(node(sessions), "update-disposition", body, "mine")) == 200
    assert len(sessions.store) == 0


@pytest.mark.parametrize(("told", "left"), [("abandoned", "active"), ("defered", "deferred"), ("suspended", "dead")])
def test_every_disposition_status_is_known(queue: Queue, told: str, left: str) -> None:
    queue.intake.send([transit("a")])
    message = receiving(queue, credit=1).take()
    assert message.lock is not None
    body: Map = {
        "disposition-status": told,
        "lock-tokens": Array(UUID, (message.lock.token,)),
        "deadletter-reason": "why",
    }
    assert status(ask(node(queue), "update-disposition", body)) == 200
    found = queue.store.find(1)
    assert (found.state.name.lower() if found else "dead") == left


def test_nothing_to_peek_is_no_content(queue: Queue) -> None:
    answer = ask(node(queue), "peek-message", {"from-sequence-number": 1, "message-count": Int(5)})
    assert status(answer) == 204


def test_peeked_messages_fit_into_one_message(queue: Queue) -> None:
    queue.intake.send([transit("x" * 100_000) for _ in range(4)])
    answer = ask(node(queue), "peek-message", {"from-sequence-number": 1, "message-count": Int(5)})
    messages = answer.body["messages"] if isinstance(answer.body, dict) else None
    assert isinstance(messages, list)
    assert len(messages) == 2


def test_a_peek_does_not_show_the_lock_of_another(queue: Queue) -> None:
    queue.intake.send([transit("one")])
    locked = receiving(queue).take().lock
    assert locked is not None
    answer = ask(node(queue), "peek-message", {"from-sequence-number": 1, "message-count": Int(1)})
    assert locked.token.bytes not in encode(answer.body)
    assert b"x-opt-locked-until" not in encode(answer.body)


def test_a_session_can_be_peeked_alone(sessions: Queue) -> None:
    sessions.intake.send([transit("a", session="a"), transit("b", session="b"), transit("a", session="a")])
    body: Map = {"from-sequence-number": 1, "message-count": Int(5), "session-id": "a"}
    answer = ask(node(sessions), "peek-message", body)
    assert isinstance(answer.body, dict)
    messages = answer.body["messages"]
    assert isinstance(messages, list)
    assert len(messages) == 2


def test_a_scheduled_message_that_is_too_large_is_refused(queue: Queue) -> None:
    answer = ask(node(queue), "schedule-message", {"messages": [{"message": encoded("x" * 300_000)}]})
    assert condition(answer) == "amqp:link:message-size-exceeded"


def test_sessions_are_listed_page_by_page(sessions: Queue) -> None:
    sessions.intake.send([transit("x", session=name) for name in "cab"])
    body: Map = {"last-updated-time": Timestamp(253_402_300_800_000), "skip": Int(0), "top": Int(2)}
    assert ask(node(sessions), "get-message-sessions", body).body == {
        "skip": Int(2),
        "sessions-ids": Array(str, ("a", "b")),
    }
    assert status(ask(node(sessions), "get-message-sessions", body | {"skip": Int(3)})) == 204


def test_sessions_are_listed_by_when_their_state_was_set(clock: ManualClock, sessions: Queue) -> None:
    start = clock.now()
    for name in "ab":
        clock.move(10)
        accepting(sessions, name, name)
        ask(node(sessions), "set-session-state", {"session-id": name, "session-state": b"x"}, name)
    since = to_timestamp(start + timedelta(seconds=15))
    answer = ask(node(sessions), "get-message-sessions", {"last-updated-time": since, "skip": Int(0), "top": Int(9)})
    assert answer.body == {"skip": Int(1), "sessions-ids": Array(str, ("b",))}


def test_what_only_queues_know_a_topic_refuses(clock: ManualClock) -> None:
    namespace = Namespace(NamespaceSettings({"q": QueueSettings()}, {"events": TopicSettings()}), clock)
    topic = ManagementNode(namespace.entity("events"), None)
    assert condition(ask(topic, "peek-message", {})) == "amqp:not-allowed"
    assert condition(ask(ManagementNode(namespace.entity("q"), None), "add-rule", {})) == "amqp:not-allowed"


@pytest.mark.parametrize(
    "path", ["q/$DeadLetterQueue", "events/Subscriptions/s", "events/Subscriptions/s/$DeadLetterQueue"]
)
def test_nothing_is_scheduled_where_nothing_can_be_sent(clock: ManualClock, path: str) -> None:
    topic = TopicSettings(subscriptions={"s": SubscriptionSettings()})
    namespace = Namespace(NamespaceSettings({"q": QueueSettings()}, {"events": topic}), clock)
    asked = ManagementNode(namespace.entity(path), namespace.subscription(path))
    answer = ask(asked, "schedule-message", {"messages": [{"message": encoded("x")}]})
    assert condition(answer) == "amqp:not-allowed"
    assert len(namespace.entity(path).store) == 0


def test_numbers_may_be_of_any_type_of_whole_number(queue: Queue) -> None:
    queue.intake.send([transit("a")])
    answer = ask(node(queue), "peek-message", {"from-sequence-number": UInt(1), "message-count": UInt(1)})
    assert status(answer) == 200
