"""Messages whose time is over."""

from datetime import timedelta

import pytest

from local.servicebus.clock import ManualClock
from local.servicebus.entities.dispositions import Abandon, Complete, Defer
from local.servicebus.entities.errors import MessageNotFoundError
from local.servicebus.entities.message import ReceiveMode
from tests.unit.servicebus.at_hand import accepting_next, dead_letters_of, queue_of, receiving, settle, transit

TTL = timedelta(seconds=10)
FOR_EVER = timedelta(days=10_675_199)


def test_an_expired_message_is_dead_lettered_where_the_queue_says_so(clock: ManualClock) -> None:
    queue = queue_of(clock, default_time_to_live=TTL, dead_letter_on_expiration=True)
    queue.intake.send([transit("old")])
    clock.move(10)
    assert len(queue.store) == 0
    dead = receiving(dead_letters_of(queue)).take()
    assert dead.transit.reasons["DeadLetterReason"] == "TTLExpiredException"


def test_an_expired_message_is_dropped_elsewhere(clock: ManualClock) -> None:
    queue = queue_of(clock, default_time_to_live=TTL)
    queue.intake.send([transit("old")])
    clock.move(10)
    assert len(queue.store) == len(dead_letters_of(queue).store) == 0


@pytest.mark.parametrize(("own", "entity"), [(TTL, FOR_EVER), (timedelta(hours=1), TTL), (TTL, None)])
def test_the_shorter_of_the_message_s_and_the_queue_s_time_counts(
    clock: ManualClock, own: timedelta, entity: timedelta | None
) -> None:
    queue = queue_of(clock, default_time_to_live=entity)
    queue.intake.send([transit("old", ttl=own)])
    clock.move(9)
    assert len(queue.store) == 1
    clock.move(1)
    assert len(queue.store) == 0


def test_dotnet_s_longest_time_is_for_ever(clock: ManualClock) -> None:
    queue = queue_of(clock, default_time_to_live=FOR_EVER)
    queue.intake.send([transit("eternal")])
    assert clock.appointments == 0


def test_whoever_has_locked_a_message_may_settle_it_though_its_time_is_over(clock: ManualClock) -> None:
    queue = queue_of(clock, default_time_to_live=TTL, dead_letter_on_expiration=True)
    queue.intake.send([transit("old")])
    message = receiving(queue).take()
    clock.move(11)
    settle(queue, message, Complete())
    assert len(dead_letters_of(queue).store) == 0


def test_a_locked_message_expires_when_it_comes_back(clock: ManualClock) -> None:
    queue = queue_of(clock, default_time_to_live=TTL, dead_letter_on_expiration=True)
    queue.intake.send([transit("old")])
    receiver = receiving(queue)
    message = receiver.take()
    clock.move(11)
    settle(queue, message, Abandon())
    assert receiver.bodies == []
    assert receiving(dead_letters_of(queue)).bodies == ["old"]


def test_a_deferred_message_expires_when_it_is_asked_for(clock: ManualClock) -> None:
    """https://github.com/Azure/azure-sdk-for-net/issues/30252."""
    queue = queue_of(clock, default_time_to_live=TTL, dead_letter_on_expiration=True)
    queue.intake.send([transit("old")])
    settle(queue, receiving(queue).take(), Defer())
    clock.move(3_600)
    assert len(queue.store) == 1
    with pytest.raises(MessageNotFoundError):
        queue.receive_deferred([1], ReceiveMode.PEEK_LOCK, lambda _: True)
    assert receiving(dead_letters_of(queue)).bodies == ["old"]


def test_a_session_whose_messages_have_expired_is_not_available(clock: ManualClock) -> None:
    queue = queue_of(clock, default_time_to_live=TTL, requires_session=True)
    queue.intake.send([transit("old", session="a")])
    clock.move(10)
    assert accepting_next(queue).seat is None
