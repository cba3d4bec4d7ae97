"""A session queue with locks, delivery counts, scheduled messages and a dead-letter queue, and a topic, in memory."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from shared.messages.completion_event import CompletionEvent
from shared.messages.origin import Origin
from shared.messages.received import ReceivedMessage
from shared.outcome import Verdict
from tests.simulation.clock import LoopClock
from tests.simulation.history import History, Op

LOCK = timedelta(seconds=60)
MAX_DELIVERIES = 10
_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass
class Entry:
    """One message on the queue."""

    body: bytes
    message_id: str
    session_id: str
    due: datetime
    copied_from: Origin | None = None
    # Given when the message becomes active, as Service Bus does.
    sequence: int = 0
    deliveries: int = 0
    reason: str = ""


@dataclass
class Broker:
    """Service Bus as far as the change service can see it."""

    history: History
    clock: LoopClock = field(default_factory=LoopClock)
    active: list[Entry] = field(default_factory=list)
    scheduled: list[Entry] = field(default_factory=list)
    dead: list[Entry] = field(default_factory=list)
    parked: dict[str, tuple[ReceivedMessage, Verdict]] = field(default_factory=dict)
    topic: dict[str, CompletionEvent] = field(default_factory=dict)
    unread: list[CompletionEvent] = field(default_factory=list)
    _locked_until: dict[str, datetime] = field(default_factory=dict)
    _held: dict[str, Entry] = field(default_factory=dict)
    _last: int = 0

    def put(self, body: bytes, message_id: str, session_id: str, due: datetime | None = None) -> None:
        """A producer sends a message."""
        self.history.note(Op.ACCEPTED, label=label_of(message_id, body), body=body)
        self._enqueue(Entry(body, message_id, session_id, due or self.clock.now()))

    def _enqueue(self, entry: Entry) -> None:
        if entry.due > self.clock.now():
            self.scheduled.append(entry)
        else:
            self._activate(entry)

    def _activate(self, entry: Entry) -> None:
        self._last += 1
        entry.sequence = self._last
        self.active.append(entry)

    def receive(self) -> tuple[Entry, ReceivedMessage] | None:
        """Gives the oldest message of a session that nobody holds, and locks the session."""
        self._wake()
        for entry in self.active:
            if self._locked_until.get(entry.session_id, self.clock.now()) <= self.clock.now():
                return self._deliver(entry)
        return None

    def _wake(self) -> None:
        now = self.clock.now()
        for entry in sorted((entry for entry in self.scheduled if entry.due <= now), key=lambda entry: entry.due):
            self.scheduled.remove(entry)
            self._activate(entry)

    def _deliver(self, entry: Entry) -> tuple[Entry, ReceivedMessage]:
        # The host renews the lock as long as the worker lives; `crashed` lets it run out.
        self._locked_until[entry.session_id] = _FOR_EVER
        entry.deliveries += 1
        return entry, _received(entry)

    def complete(self, entry: Entry) -> None:
        self.active.remove(entry)
        self._locked_until.pop(entry.session_id, None)

    def abandon(self, entry: Entry) -> None:
        self._locked_until.pop(entry.session_id, None)
        if entry.deliveries >= MAX_DELIVERIES:
            self.active.remove(entry)
            self.dead.append(replace(entry, reason="MaxDeliveryCountExceeded", deliveries=0))

    def crashed(self, entry: Entry) -> None:
        """The worker is gone; its lock runs out in its own time."""
        self._locked_until[entry.session_id] = self.clock.now() + LOCK

    def receive_dead(self) -> tuple[Entry, ReceivedMessage] | None:
        """Gives the oldest dead letter; there are no sessions here."""
        if not self.dead:
            return None
        entry = self.dead.pop(0)
        entry.deliveries += 1
        return entry, _received(entry)

    def next_moment(self) -> datetime | None:
        """When something may change by itself: a schedule, or a lock that runs out."""
        moments = [entry.due for entry in self.scheduled]
        moments += [
            self._locked_until[entry.session_id] for entry in self.active if entry.session_id in self._locked_until
        ]
        return min((moment for moment in moments if moment != _FOR_EVER), default=None)

    @property
    def is_empty(self) -> bool:
        return not (self.active or self.scheduled or self.dead)

    # The ports.

    async def postpone(self, message: ReceivedMessage, delay: timedelta) -> None:
        origin = message.origin.next_attempt()
        copy_id = f"{origin.message_id}~{origin.attempt}"
        self._enqueue(Entry(message.body, copy_id, message.session_id, self.clock.now() + delay, origin))

    async def park(self, message: ReceivedMessage, verdict: Verdict, parked_id: str) -> None:
        self.history.note(Op.PARKED, label=label_of(message.origin.message_id, message.body), event_id=parked_id)
        self.parked.setdefault(parked_id, (message, verdict))

    async def publish(self, event: CompletionEvent) -> None:
        self.history.note(Op.EVENT, event_id=event.id, body=event.body.encode())
        # Duplicate detection; its window outlasts every run here.
        if event.message_id not in self.topic:
            self.topic[event.message_id] = event
            self.unread.append(event)


def label_of(message_id: str, body: bytes) -> str:
    """Names a message by what its producer sent: a repeat has the same name."""
    return f"{message_id}~{hashlib.sha256(body).hexdigest()[:8]}"


def _received(entry: Entry) -> ReceivedMessage:
    return ReceivedMessage(
        entry.body,
        entry.message_id,
        entry.session_id,
        entry.sequence,
        entry.due,
        delivery_count=entry.deliveries,
        copied_from=entry.copied_from,
    )
