"""The event topic and the request queue in memory."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from shared.errors import BusUnavailableError
from shared.messages.completion_event import CompletionEvent
from shared.messages.received import ReceivedMessage
from shared.outcome import Verdict
from tests.fakes.clock import MovedClock


@dataclass
class MemoryEventSink:
    """Events in the order in which they were sent; `faults` are used up first."""

    sent: list[CompletionEvent] = field(default_factory=list)
    faults: list[BusUnavailableError] = field(default_factory=list)

    async def publish(self, event: CompletionEvent) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append(event)


@dataclass
class MemoryRequestQueue:
    """Scheduled copies with the time at which they are due, and parked messages by id."""

    clock: MovedClock
    postponed: list[tuple[timedelta, ReceivedMessage]] = field(default_factory=list)
    parked: dict[str, tuple[ReceivedMessage, Verdict]] = field(default_factory=dict)
    postpone_faults: list[BusUnavailableError] = field(default_factory=list)
    park_faults: list[Exception] = field(default_factory=list)
    _sequence: int = 1000

    async def postpone(self, message: ReceivedMessage, delay: timedelta) -> None:
        if self.postpone_faults:
            raise self.postpone_faults.pop(0)
        self._sequence += 1
        copy = replace(
            message,
            message_id=f"{message.origin.message_id}~{message.origin.attempt + 1}",
            sequence_number=self._sequence,
            enqueued_at=self.clock.now() + delay,
            copied_from=message.origin.next_attempt(),
        )
        self.postponed.append((delay, copy))

    async def park(self, message: ReceivedMessage, verdict: Verdict, parked_id: str) -> None:
        if self.park_faults:
            raise self.park_faults.pop(0)
        self.parked[parked_id] = (message, verdict)
