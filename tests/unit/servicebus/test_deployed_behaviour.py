"""The deployment's entities behave as docs/contracts.md says: where dead letters go, and what ends by itself."""

from datetime import timedelta

import pytest

from local.servicebus.clock import ManualClock
from local.servicebus.config import DEFAULT_CONFIG, read_config
from local.servicebus.entities.dispositions import Abandon, DeadLetter
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.queue import Queue
from tests.unit.servicebus.at_hand import accepting, dead_letters_of, receiving, settle, transit

NOTIFICATIONS, AUDIT = "phone-events/Subscriptions/notifications", "phone-events/Subscriptions/audit"
DAY = timedelta(days=1).total_seconds()


@pytest.fixture
def namespace(clock: ManualClock) -> Namespace:
    return Namespace(read_config(DEFAULT_CONFIG), clock)


def queue_at(namespace: Namespace, path: str) -> Queue:
    found = namespace.entity(path)
    assert isinstance(found, Queue)
    return found


def publish(namespace: Namespace, outcome: str, message_id: str) -> None:
    namespace.entity("phone-events").intake.send(
        [transit(outcome, message_id=message_id, properties={"outcome": outcome})]
    )


@pytest.mark.parametrize("path", [NOTIFICATIONS, AUDIT])
def test_a_dead_event_is_in_the_queue_for_dead_letters_and_tells_where_it_came_from(
    namespace: Namespace, path: str
) -> None:
    publish(namespace, "changed", "1")
    subscription, dead = queue_at(namespace, path), queue_at(namespace, "dead-letters")
    settle(subscription, receiving(subscription).take(), DeadLetter("MailRefused"))
    assert len(dead_letters_of(subscription).store) == 0
    found = receiving(dead).take()
    assert found.transit.dead_letter_source == path
    assert found.transit.reasons == {"DeadLetterReason": "MailRefused"}


def test_a_dead_request_stays_where_its_function_looks_for_it(namespace: Namespace) -> None:
    queue = queue_at(namespace, "phone-changes")
    queue.intake.send([transit("request", session="anna")])
    receiver = accepting(queue, "anna")
    for _ in range(queue.settings.max_delivery_count or 0):
        settle(queue, receiver.take(), Abandon())
    assert (len(queue.store), len(dead_letters_of(queue).store)) == (0, 1)
    assert len(queue_at(namespace, "dead-letters").store) == 0


def test_a_mail_that_nobody_sent_in_a_week_is_told_and_an_event_that_no_siem_fetched_ends(
    namespace: Namespace, clock: ManualClock
) -> None:
    publish(namespace, "changed", "1")
    dead = queue_at(namespace, "dead-letters")
    clock.move(7 * DAY)
    assert (len(queue_at(namespace, NOTIFICATIONS).store), len(dead.store)) == (0, 1)
    clock.move(7 * DAY)
    assert (len(queue_at(namespace, AUDIT).store), len(dead.store)) == (0, 1)


def test_a_request_waits_longer_than_policy_lets_it_live_and_then_becomes_a_dead_letter(
    namespace: Namespace, clock: ManualClock
) -> None:
    queue = queue_at(namespace, "phone-changes")
    queue.intake.send([transit("request", session="anna")])
    clock.move(91 * DAY)
    assert len(queue.store) == 1
    clock.move(9 * DAY)
    assert len(dead_letters_of(queue).store) == 1


def test_the_same_request_id_comes_through_twice_and_an_event_s_copy_does_not(namespace: Namespace) -> None:
    queue = queue_at(namespace, "phone-changes")
    queue.intake.send([transit(body, session="anna", message_id="HR-1") for body in ("one", "other")])
    assert len(queue.store) == 2
    publish(namespace, "changed", "HR-1:changed")
    publish(namespace, "changed", "HR-1:changed")
    assert len(queue_at(namespace, AUDIT).store) == 1


def test_what_is_no_outcome_of_a_request_is_for_the_audit_alone(namespace: Namespace) -> None:
    for outcome in ("brake_engaged", "approval_refused", "sweep_finished"):
        publish(namespace, outcome, outcome)
    assert len(queue_at(namespace, NOTIFICATIONS).store) == 0
    assert len(queue_at(namespace, AUDIT).store) == 3
