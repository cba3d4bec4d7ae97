"""How receivers get at an entity's messages where there are no sessions: all alike."""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from local.servicebus.clock import Clock
from local.servicebus.entities.backlog import Backlog
from local.servicebus.entities.consumers import Consumer, Consumers
from local.servicebus.entities.locks import Term
from local.servicebus.entities.message import BrokeredMessage, ReceiveMode
from local.servicebus.entities.store import MessageStore

# Called when a lock ends by itself.
type LockEnded = Callable[[BrokeredMessage], None]


class Access(Protocol):
    """Decides who receives which message, and for how long it is locked."""

    def offer(self, message: BrokeredMessage) -> None:
        """Makes a message available."""

    def withdraw(self, message: BrokeredMessage) -> None:
        """Makes a message unavailable."""

    def lock(self, message: BrokeredMessage) -> None:
        """Locks a message."""

    def unlock(self, message: BrokeredMessage) -> None:
        """Takes the lock off."""


class Seat(Protocol):
    """A consumer's place at an entity."""

    def pump(self) -> None:
        """Hands over what the consumer is ready for."""

    def leave(self) -> None:
        """Gives the place up."""


class SharedAccess:
    """Every consumer may get every message; each message has a lock of its own.

    A lock outlives its link and connection, as the real one does: a consumer that is gone without settling leaves its
    messages locked until their locks expire.
    """

    def __init__(self, clock: Clock, lock_duration: timedelta, store: MessageStore, lock_ended: LockEnded) -> None:
        self._clock = clock
        self._lock_duration = lock_duration
        self._store = store
        self._lock_ended = lock_ended
        self._backlog = Backlog()
        self._consumers = Consumers()

    def join(self, consumer: Consumer) -> Seat:
        """Lets a consumer take part."""
        self._consumers.add(consumer)
        return _SharedSeat(self, consumer)

    def leave(self, consumer: Consumer) -> None:
        """Lets a consumer take part no longer."""
        self._consumers.remove(consumer)

    def offer(self, message: BrokeredMessage) -> None:
        """Makes a message available."""
        self._backlog.add(message)
        self.dispatch()

    def withdraw(self, message: BrokeredMessage) -> None:
        """Makes a message unavailable."""
        self._backlog.discard(message)

    def dispatch(self) -> None:
        """Hands messages to consumers as long as there are both."""
        while self._backlog and (consumer := self._consumers.next_ready()):
            if message := self._backlog.take():
                hand_over(message, consumer, self, self._store)

    def lock(self, message: BrokeredMessage) -> None:
        """Locks a message for a term of its own."""
        self._store.lock(message, Term(self._clock, self._lock_duration, lambda: self._lock_ended(message)))

    def unlock(self, message: BrokeredMessage) -> None:
        """Takes the lock off. Its term goes with it, so that it cannot end a later lock of the same message."""
        if message.lock is not None:
            message.lock.term.cancel()
        self._store.unlock(message)


class _SharedSeat:
    def __init__(self, access: SharedAccess, consumer: Consumer) -> None:
        self._access = access
        self._consumer = consumer

    def pump(self) -> None:
        self._access.dispatch()

    def leave(self) -> None:
        self._access.leave(self._consumer)


def hand_over(message: BrokeredMessage, consumer: Consumer, access: Access, store: MessageStore) -> None:
    """Gives a message to a consumer in the consumer's mode."""
    if consumer.mode is ReceiveMode.RECEIVE_AND_DELETE:
        store.remove(message)
    else:
        access.lock(message)
    consumer.deliver(message)
