"""The messages of one entity, by their numbers and by their locks."""

import heapq
from collections.abc import Callable, Iterable
from uuid import UUID, uuid4

from local.servicebus.entities.errors import MessageLockLostError
from local.servicebus.entities.locks import Lock, Term
from local.servicebus.entities.message import BrokeredMessage


class MessageStore:
    """Numbers messages and finds them again."""

    def __init__(self) -> None:
        self._messages: dict[int, BrokeredMessage] = {}
        self._locked: dict[UUID, BrokeredMessage] = {}
        self._last_number = 0

    def __len__(self) -> int:
        return len(self._messages)

    def next_number(self) -> int:
        """Gives a sequence number that is higher than all before."""
        self._last_number += 1
        return self._last_number

    def add(self, message: BrokeredMessage) -> None:
        """Keeps a message."""
        self._messages[message.sequence_number] = message

    def remove(self, message: BrokeredMessage) -> None:
        """Forgets a message, its lock and its expiry."""
        self.unlock(message)
        if message.expiry is not None:
            message.expiry.cancel()
        self._messages.pop(message.sequence_number, None)

    def find(self, sequence_number: int) -> BrokeredMessage | None:
        """Gives the message with this number."""
        return self._messages.get(sequence_number)

    def browse(self, first: int, count: int, wanted: Callable[[BrokeredMessage], bool]) -> list[BrokeredMessage]:
        """Gives the messages from a number on, in their order, at most so many."""
        numbers = (number for number, message in self._messages.items() if number >= first and wanted(message))
        return [self._messages[number] for number in heapq.nsmallest(count, numbers)]

    def all(self) -> Iterable[BrokeredMessage]:
        """Gives every message, in no order."""
        return self._messages.values()

    def lock(self, message: BrokeredMessage, term: Term) -> None:
        """Locks a message for a term, under a new token."""
        message.lock = Lock(uuid4(), term)
        self._locked[message.lock.token] = message

    def unlock(self, message: BrokeredMessage) -> None:
        """Takes the lock off; its token is worth nothing from now on."""
        if message.lock is not None:
            self._locked.pop(message.lock.token, None)
            message.lock = None

    def locked(self, token: UUID) -> BrokeredMessage:
        """Gives the message that is locked under a token.

        Raises MessageLockLostError.
        """
        found = self._locked.get(token)
        if found is None:
            raise MessageLockLostError
        return found
