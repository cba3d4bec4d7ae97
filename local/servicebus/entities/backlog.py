"""Messages that wait for a receiver, in the order of their numbers."""

import heapq

from local.servicebus.entities.message import BrokeredMessage


class Backlog:
    """Gives out the lowest number first; what comes back is therefore given out again before all later ones."""

    def __init__(self) -> None:
        self._waiting: dict[int, BrokeredMessage] = {}
        self._numbers: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, message: BrokeredMessage) -> None:
        """Lets a message wait."""
        if message.sequence_number not in self._waiting:
            self._waiting[message.sequence_number] = message
            heapq.heappush(self._numbers, message.sequence_number)

    def discard(self, message: BrokeredMessage) -> None:
        """Takes a message out of the line. Its number stays behind in the heap until its turn comes."""
        self._waiting.pop(message.sequence_number, None)

    def take(self) -> BrokeredMessage | None:
        """Gives the first message, which then waits no longer."""
        while self._numbers:
            message = self._waiting.pop(heapq.heappop(self._numbers), None)
            if message is not None:
                return message
        return None
