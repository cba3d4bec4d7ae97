"""Messages whose time has not come; https://learn.microsoft.com/azure/service-bus-messaging/message-sequencing."""

from collections.abc import Callable, Iterable
from datetime import datetime

from local.servicebus.clock import Appointment, Clock
from local.servicebus.entities.errors import MessageNotFoundError
from local.servicebus.entities.message import BrokeredMessage, MessageState, Transit
from local.servicebus.entities.store import MessageStore


class Schedule:
    """Keeps scheduled messages and enqueues each at its time.

    The number under which a message is scheduled is only for cancelling it. Once its time has come it is appended like
    any other, with a new number: order goes by when messages are enqueued, not by when they were scheduled.
    """

    def __init__(self, clock: Clock, store: MessageStore, enqueue: Callable[[Transit], None]) -> None:
        self._clock = clock
        self._store = store
        self._enqueue = enqueue
        self._pending: dict[int, Appointment] = {}

    def add(self, transit: Transit, when: datetime) -> int:
        """Keeps a message until its time and gives the number with which it can be cancelled."""
        number = self._store.next_number()
        message = BrokeredMessage(transit, number, self._clock.now(), state=MessageState.SCHEDULED)
        self._store.add(message)
        self._pending[number] = self._clock.call_at(when, lambda: self._due(message))
        return number

    def cancel(self, numbers: Iterable[int]) -> None:
        """Forgets scheduled messages, all or none.

        Raises MessageNotFoundError.
        """
        wanted = set(numbers)
        if any(number not in self._pending for number in wanted):
            raise MessageNotFoundError
        for number in wanted:
            self._pending.pop(number).cancel()
            if message := self._store.find(number):
                self._store.remove(message)

    def _due(self, message: BrokeredMessage) -> None:
        del self._pending[message.sequence_number]
        self._store.remove(message)
        self._enqueue(message.transit)
