"""Who receives messages, and whose turn it is."""

from typing import Protocol

from local.servicebus.entities.message import BrokeredMessage, ReceiveMode


class Consumer(Protocol):
    """A receiver's link, as an entity sees it."""

    @property
    def mode(self) -> ReceiveMode:
        """Says what happens to what it receives."""

    @property
    def ready(self) -> bool:
        """Says whether it takes a message now."""

    def deliver(self, message: BrokeredMessage) -> None:
        """Takes a message, locked if that is its mode."""


class Consumers:
    """Takes turns among the consumers of one queue."""

    def __init__(self) -> None:
        self._waiting: dict[int, Consumer] = {}

    def add(self, consumer: Consumer) -> None:
        """Lets a consumer take part."""
        self._waiting[id(consumer)] = consumer

    def remove(self, consumer: Consumer) -> None:
        """Lets a consumer take part no longer."""
        self._waiting.pop(id(consumer), None)

    def next_ready(self) -> Consumer | None:
        """Gives the consumer whose turn it is among those that are ready; it then goes to the end of the line."""
        for key, consumer in self._waiting.items():
            if consumer.ready:
                self._waiting[key] = self._waiting.pop(key)
                return consumer
        return None
