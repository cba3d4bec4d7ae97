"""A queue, a subscription or a dead-letter queue: messages come in, are received, and are settled."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from local.servicebus.clock import Clock
from local.servicebus.entities.access import Access, Seat, SharedAccess
from local.servicebus.entities.consumers import Consumer
from local.servicebus.entities.dispositions import (
    EXPIRED,
    NO_SESSION,
    Abandon,
    Complete,
    DeadLetter,
    Defer,
    Disposition,
    Release,
    too_often,
)
from local.servicebus.entities.errors import MessageNotFoundError, NotAllowedError, ServiceBusError
from local.servicebus.entities.expiry import expires_at, watch
from local.servicebus.entities.intake import Intake
from local.servicebus.entities.message import BrokeredMessage, MessageState, ReceiveMode, Transit
from local.servicebus.entities.session_access import SessionAccess
from local.servicebus.entities.settings import QueueSettings
from local.servicebus.entities.store import MessageStore
from local.servicebus.entities.traffic import Metric, Traffic


class Forward(Protocol):
    """Sends a message on to another entity of the namespace."""

    def __call__(self, entity: str, transit: Transit) -> None:
        """Raises ServiceBusError when the entity does not take the message."""


class Queue:
    """Holds messages. Nothing here waits: all that takes time is an appointment with the clock."""

    def __init__(self, path: str, settings: QueueSettings, clock: Clock, forward: Forward, traffic: Traffic) -> None:
        self.path = path
        self.settings = settings
        self.traffic = traffic
        # How many of the next messages, of a session or of any (None), somebody else takes and completes before any
        # receiver sees them.
        self.vanishing: Counter[str | None] = Counter()
        self.store = MessageStore()
        self.intake = Intake(
            clock,
            self.store,
            self.accept,
            traffic=traffic,
            duplicate_window=settings.duplicate_window,
            requires_session=settings.requires_session,
        )
        self.dead_letters: DeadLetterQueue | None = None
        self.transfer_dead_letters: DeadLetterQueue | None = None
        self._clock = clock
        self._forward = forward
        self._shared = SharedAccess(clock, settings.lock_duration, self.store, self._failed)
        self._by_session = SessionAccess(clock, settings.lock_duration, self.store, self._failed, self._give_back)
        self._access: Access = self._by_session if settings.requires_session else self._shared

    # Sending

    def accept(self, transit: Transit) -> None:
        """Takes a message that passed the door, came from a topic, or was forwarded."""
        number, now = self.store.next_number(), self._clock.now()
        message = BrokeredMessage(transit, number, now, expires_at(transit, self.settings.default_time_to_live, now))
        if self._vanishes(transit):
            self.traffic.note(Metric.COMPLETED)
        elif self.settings.forward_to is not None:
            self._forward_on(message, self.settings.forward_to)
        elif self.settings.requires_session and not transit.session_id:
            self.dead_letter(message, NO_SESSION)
        else:
            self.store.add(message)
            watch(message, self._clock, self._time_is_over)
            self._access.offer(message)

    def _vanishes(self, transit: Transit) -> bool:
        whose = transit.session_id if self.vanishing[transit.session_id] else None
        found = self.vanishing[whose] > 0
        self.vanishing[whose] -= found
        return found

    def _forward_on(self, message: BrokeredMessage, target: str) -> None:
        try:
            self._forward(target, onward(message))
        except ServiceBusError as refusal:
            # https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues
            if self.transfer_dead_letters is not None:
                self.transfer_dead_letters.bury(message, DeadLetter(type(refusal).__name__, refusal.description))

    # Receiving

    def join(self, consumer: Consumer) -> Seat:
        """Lets a consumer receive.

        Raises NotAllowedError when the entity demands sessions.
        """
        if self.settings.requires_session:
            message = f"The entity '{self.path}' requires sessions: a receiver has to accept one."
            raise NotAllowedError(message)
        return self._shared.join(consumer)

    @property
    def by_session(self) -> SessionAccess:
        """Gives access by session.

        Raises NotAllowedError when the entity has no sessions.
        """
        if not self.settings.requires_session:
            message = f"The entity '{self.path}' has no sessions."
            raise NotAllowedError(message)
        return self._by_session

    def receive_deferred(
        self, numbers: Iterable[int], mode: ReceiveMode, wanted: Callable[[BrokeredMessage], bool]
    ) -> list[BrokeredMessage]:
        """Gives deferred messages by their numbers, all or none.

        Raises MessageNotFoundError. A message whose time was over is treated so now, when it is asked for.
        """
        messages = [self._deferred(number, wanted) for number in dict.fromkeys(numbers)]
        for message in messages:
            if mode is ReceiveMode.RECEIVE_AND_DELETE:
                self.store.remove(message)
            else:
                self._access.lock(message)
        return messages

    def _deferred(self, number: int, wanted: Callable[[BrokeredMessage], bool]) -> BrokeredMessage:
        message = self.store.find(number)
        if message is None or message.state is not MessageState.DEFERRED or message.lock or not wanted(message):
            raise MessageNotFoundError
        if message.expired(self._clock.now()):
            self._expire(message)
            raise MessageNotFoundError
        return message

    # Settling

    def settle(self, token: UUID, disposition: Disposition) -> None:
        """Does with a locked message what its receiver says.

        Raises MessageLockLostError.
        """
        message = self.store.locked(token)
        match disposition:
            case Complete():
                self._remove(message)
                self.traffic.note(Metric.COMPLETED)
            case Abandon():
                self._failed(message)
            case Release():
                self._give_back(message)
            case Defer():
                message.state = MessageState.DEFERRED
                self._failed(message)
            case DeadLetter():
                self.dead_letter(message, disposition)

    def dead_letter(self, message: BrokeredMessage, why: DeadLetter) -> None:
        """Moves a message to the dead-letter queue, or to where that forwards to."""
        self._remove(message)
        if self.settings.forward_dead_letters_to is not None:
            message.transit = replace(message.transit, reasons=why.properties, dead_letter_source=self.path)
            self._forward_on(message, self.settings.forward_dead_letters_to)
        elif self.dead_letters is not None:
            self.dead_letters.bury(message, why)

    def _failed(self, message: BrokeredMessage) -> None:
        """Takes a message back from a delivery that counts: it was abandoned or deferred, or its lock expired."""
        message.delivery_count += 1
        self._give_back(message)

    def _give_back(self, message: BrokeredMessage) -> None:
        self._access.unlock(message)
        most = self.settings.max_delivery_count
        if most is not None and message.delivery_count >= most:
            self.dead_letter(message, too_often(message.delivery_count))
        elif message.state is MessageState.DEFERRED:
            return
        elif message.expired(self._clock.now()):
            self._expire(message)
        else:
            self._access.offer(message)

    # Expiry

    def _time_is_over(self, message: BrokeredMessage) -> None:
        # Whoever has locked a message may still settle it, and a deferred one waits until it is asked for.
        if message.lock is None and message.state is MessageState.ACTIVE:
            self._expire(message)

    def _expire(self, message: BrokeredMessage) -> None:
        if self.settings.dead_letter_on_expiration:
            self.dead_letter(message, EXPIRED)
        else:
            self._remove(message)

    def _remove(self, message: BrokeredMessage) -> None:
        self._access.unlock(message)
        self._access.withdraw(message)
        self.store.remove(message)


class DeadLetterQueue(Queue):
    """Where an entity's dead letters are; they stay until they are received, however old and often delivered."""

    def __init__(self, path: str, entity: QueueSettings, clock: Clock, forward: Forward, traffic: Traffic) -> None:
        settings = QueueSettings(entity.lock_duration, max_delivery_count=None, default_time_to_live=None)
        super().__init__(path, settings, clock, forward, traffic)

    def bury(self, message: BrokeredMessage, why: DeadLetter) -> None:
        """Takes a message in with the number, the enqueued time and the delivery count that it had."""
        transit = replace(message.transit, reasons=why.properties)
        number, at, count = message.sequence_number, message.enqueued_at, message.delivery_count
        buried = BrokeredMessage(transit, number, at, delivery_count=count)
        self.store.add(buried)
        self._access.offer(buried)

    def dead_letter(self, message: BrokeredMessage, why: DeadLetter) -> None:
        """Keeps a message that is dead-lettered again, for the new reason."""
        self._remove(message)
        self.bury(message, why)


def onward(message: BrokeredMessage) -> Transit:
    """Makes of a message what another entity gets when it is forwarded."""
    first = message.transit.enqueued_sequence_number or message.sequence_number
    return replace(message.transit, enqueued_sequence_number=first)
