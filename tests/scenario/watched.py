"""A world whose every sink is watched: what it logs, traces, stores, sends, mails and raises, as text.

The rows and messages are those that the real adapters write, to tables and senders that only take notes.
"""

import json
import logging
import re
import traceback
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast
from urllib.parse import unquote

from azure.servicebus import ServiceBusMessage
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.bus.event_topic import EventTopic
from shared.bus.request_queue import BusRequestQueue
from shared.bus.sender import SharedSender
from shared.directory_user import DirectoryUser
from shared.messages.completion_event import CompletionEvent
from shared.messages.received import ReceivedMessage
from shared.notify.mail import Mail
from shared.notify.service import NotificationService
from shared.outcome import Verdict
from shared.phone.number import PhoneNumber
from shared.tables.brake import TableBrakeLog
from shared.tables.change_history import TableChangeHistory
from shared.tables.ledger import TableLedger
from shared.tables.notifications import TableNotificationLog
from shared.tables.number_index import TableNumberIndex
from shared.tables.previous_numbers import TablePreviousNumbers
from shared.tables.store import TableStore  # noqa: TC001 - named where it is used
from shared.tables.waiting import TableWaitingRequests
from shared.tables.watermarks import TableWatermarks
from tests.fakes.bus import MemoryEventSink, MemoryRequestQueue
from tests.fakes.clock import MovedClock
from tests.fakes.world import KEY, World
from tests.scenario.watched_tables import (
    NotedBrakeLog,
    NotedChangeHistory,
    NotedLedger,
    NotedMailLog,
    NotedNumberIndex,
    NotedPreviousNumbers,
    NotedStore,
    NotedWaitingRequests,
    NotedWatermarks,
    PlainKeyWrap,
)

LOGS, SPANS, ROWS, EVENTS, PARKED, COPIES, MAILS, RAISED = SINKS = (
    "logs",
    "spans",
    "rows",
    "events",
    "parked properties",
    "properties of copies",
    "mails",
    "exceptions",
)
# As many as the product itself calls a number's tail; fewer are met by chance.
_TAIL = 7
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

type Sinks = dict[str, list[str]]


def leaks(sinks: Sinks, numbers: tuple[PhoneNumber, ...]) -> list[str]:
    """Gives what shows the last digits of a number, in whatever writing: `sink: text`."""
    tails = [number.national[-_TAIL:] for number in numbers]
    return [
        f"{sink}: {text}"
        for sink, texts in sinks.items()
        for text in texts
        if any(tail in _digits_and_letters(text) for tail in tails)
    ]


def _digits_and_letters(text: str) -> str:
    """Drops what may separate digits and undoes escapes; letters stay, or hashes would make up numbers by chance."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), unquote(text))
    return "".join(_plainly(sign) for sign in plain if sign.isalnum())


def _plainly(sign: str) -> str:
    digit = unicodedata.digit(sign, None)
    return sign if digit is None else str(digit)


@dataclass
class WatchedSpans:
    """A tracer provider of its own, whose spans are kept."""

    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)

    def __post_init__(self) -> None:
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = self.provider.get_tracer("watched")

    @property
    def texts(self) -> list[str]:
        """Gives name, attributes, status and events of every span that has ended."""
        return [_text_of(span) for span in self.exporter.get_finished_spans()]


def _text_of(span: ReadableSpan) -> str:
    events = [(event.name, dict(event.attributes or {})) for event in span.events]
    told = [span.name, dict(span.attributes or {}), span.status.description, events]
    return json.dumps(told, default=str, ensure_ascii=False)


@dataclass
class NotedSender:
    """Takes notes of all of a message but its body."""

    texts: list[str]
    with_body: bool = False

    async def send(self, message: ServiceBusMessage) -> None:
        self.texts.append(repr((message.message_id, message.application_properties, message.content_type)))
        if self.with_body:
            self.texts.append(b"".join(cast("Iterator[bytes]", message.body)).decode())


class NotedEvents(MemoryEventSink):
    """The memory topic, and the messages of the real one."""

    real: EventTopic

    async def publish(self, event: CompletionEvent) -> None:
        await super().publish(event)
        await self.real.publish(event)


class NotedQueue(MemoryRequestQueue):
    """The memory queue, and the messages of the real one."""

    real: BusRequestQueue

    async def postpone(self, message: ReceivedMessage, delay: timedelta) -> None:
        await super().postpone(message, delay)
        await self.real.postpone(message, delay)

    async def park(self, message: ReceivedMessage, verdict: Verdict, parked_id: str) -> None:
        await super().park(message, verdict, parked_id)
        await self.real.park(message, verdict, parked_id)


@dataclass
class WatchedWorld(World):
    """The fakes behind one change service, with a note of everything that leaves it."""

    marked: tuple[PhoneNumber, ...] = ()
    sinks: Sinks = field(default_factory=lambda: defaultdict(list))
    spans: WatchedSpans = field(default_factory=WatchedSpans)

    def __post_init__(self) -> None:
        super().__post_init__()
        store = cast("TableStore", NotedStore(self.sinks[ROWS]))
        self.ledger, self.watermarks, self.waiting = NotedLedger(), NotedWatermarks(), NotedWaitingRequests()
        self.ledger.real, self.watermarks.real = TableLedger(store), TableWatermarks(store)
        self.waiting.real = TableWaitingRequests(store)
        self.history, self.numbers = NotedChangeHistory(), NotedNumberIndex()
        self.history.real, self.numbers.real = TableChangeHistory(store), TableNumberIndex(store)
        retention = self.loaded_policy.rules.undo.retention
        self.previous = NotedPreviousNumbers(self.clock, retention)
        self.previous.real = TablePreviousNumbers(store, self.clock, PlainKeyWrap(), retention)
        self.brake_log, self.mail_log = NotedBrakeLog(), NotedMailLog()
        self.brake_log.real, self.mail_log.real = TableBrakeLog(store), TableNotificationLog(store, self.clock)
        self.events, self.queue = NotedEvents(), NotedQueue(self.clock)
        self.events.real = EventTopic(self._sender(EVENTS, with_body=True))
        self.queue.real = BusRequestQueue(self._sender(COPIES), self._sender(PARKED), MovedClock(), KEY)

    def _sender(self, sink: str, *, with_body: bool = False) -> SharedSender:
        return cast("SharedSender", NotedSender(self.sinks[sink], with_body))

    @property
    def leaks(self) -> list[str]:
        """What shows one of the numbers that are looked for."""
        return leaks({**self.sinks, SPANS: self.spans.texts}, self.marked)

    async def take(self, message: ReceivedMessage) -> None:
        """Handles a message and its copies to their end; what is raised is noted."""
        try:
            await self.service.handle(message)
            await self.handle_postponed()
        except Exception as fault:  # noqa: BLE001 - as the host does
            self.note_fault(fault)

    async def decide(self, message: ReceivedMessage) -> None:
        """Handles an approval, and the copies of the requests that waited for it."""
        try:
            await self.approvals.handle(message)
            await self.handle_postponed()
        except Exception as fault:  # noqa: BLE001 - as the host does
            self.note_fault(fault)

    async def take_dead(self, message: ReceivedMessage, reason: str = "MaxDeliveryCountExceeded") -> None:
        """Handles a dead letter; what is raised is noted."""
        try:
            await self.dead_letters.handle(message, reason)
        except Exception as fault:  # noqa: BLE001 - as the host does
            self.note_fault(fault)

    def note_fault(self, fault: BaseException) -> None:
        """Notes all that a log may print of an exception, and of those that hang on it."""
        self.sinks[RAISED].append("".join(traceback.format_exception(fault)))
        seen: BaseException | None = fault
        while seen is not None:
            self.sinks[RAISED].append(f"{seen!r} {seen.args} {vars(seen)}")
            seen = seen.__cause__ or seen.__context__

    async def tell_everybody(self) -> None:
        """Lets the notifications read every event that was sent."""
        service = NotificationService(self.clock, self, self, self.mail_log, self.loaded_policy)
        for event in list(self.events.sent):
            await service.handle(event.body.encode())

    async def user(self, user_id: str) -> DirectoryUser | None:
        return next((found.user for found in self.people if found.user.id == user_id), None)

    async def manager_of(self, user_id: str) -> DirectoryUser | None:
        return await self.user(user_id)

    async def send(self, mail: Mail) -> None:
        """Is the mailbox of the notifications."""
        self.sinks[MAILS].append(repr(mail))


class _NotingHandler(logging.Handler):
    """Notes what any exporter may take from a record: text, arguments, extras, traceback."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._texts = texts

    def emit(self, record: logging.LogRecord) -> None:
        extras = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        self._texts.append(f"{record.name} {self.format(record)} {record.args!r} {extras!r}")


@contextmanager
def watched_logs(texts: list[str], level: int = logging.DEBUG) -> Iterator[None]:
    """Notes every record of every logger from a level on."""
    root = logging.getLogger()
    known = [logger for logger in logging.Logger.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    before = {logger: logger.level for logger in (root, *known)}
    handler = _NotingHandler(texts)
    for logger in known:
        logger.setLevel(logging.NOTSET)
    root.setLevel(level)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        for logger, own_level in before.items():
            logger.setLevel(own_level)
