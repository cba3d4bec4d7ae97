"""What the tests of entities work with: messages, receivers that have no socket, and namespaces."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from local.servicebus.amqp.composites import encode_composite
from local.servicebus.amqp.encode import encode, encode_described
from local.servicebus.amqp.message import Header, Properties, Section, parse_message
from local.servicebus.amqp.times import to_timestamp
from local.servicebus.amqp.types import Symbol, Value
from local.servicebus.clock import ManualClock
from local.servicebus.entities.access import Seat
from local.servicebus.entities.dispositions import Disposition
from local.servicebus.entities.message import BrokeredMessage, ReceiveMode, Transit
from local.servicebus.entities.namespace import Namespace
from local.servicebus.entities.queue import Queue
from local.servicebus.entities.settings import NamespaceSettings, QueueSettings


def encoded(  # noqa: PLR0913 - each is something that senders may say about a message
    body: str,
    *,
    session: str | None = None,
    message_id: str | None = None,
    ttl: timedelta | None = None,
    scheduled_for: datetime | None = None,
    properties: Mapping[str, Value] | None = None,
    label: str | None = None,
) -> bytes:
    """Writes a message as a sender would."""
    parts = [encode_composite(Header(ttl=None if ttl is None else ttl // timedelta(milliseconds=1)))]
    if scheduled_for is not None:
        when: dict[Value, Value] = {Symbol("x-opt-scheduled-enqueue-time"): to_timestamp(scheduled_for)}
        parts.append(encode_described(Section.MESSAGE_ANNOTATIONS, encode(when)))
    parts.append(encode_composite(Properties(message_id=message_id, group_id=session, subject=label)))
    if properties is not None:
        parts.append(encode_described(Section.APPLICATION_PROPERTIES, encode(dict(properties.items()))))
    return b"".join([*parts, encode_described(Section.DATA, encode(body.encode()))])


def transit(body: str, **told: object) -> Transit:
    """Makes a message as it comes from a sender."""
    return Transit(parse_message(encoded(body, **told)))  # type: ignore[arg-type] # passed on as they were given


def body_of(message: BrokeredMessage) -> str:
    """Gives the text that a message was made with."""
    # Descriptor, format code and size stand before the octets of a short Data section.
    return message.transit.content.body[5:].decode()


class Receiver:
    """A receiver with credit, and a list instead of a link."""

    def __init__(self, credit: int = 1_000, mode: ReceiveMode = ReceiveMode.PEEK_LOCK, name: str = "link") -> None:
        self.credit = credit
        self.mode = mode
        self.name = name
        self.received: list[BrokeredMessage] = []
        self.seat: Seat | None = None
        self.lost = False

    @property
    def ready(self) -> bool:
        return self.credit > 0

    def deliver(self, message: BrokeredMessage) -> None:
        self.credit -= 1
        self.received.append(message)

    def session_lock_lost(self) -> None:
        self.lost = True

    @property
    def bodies(self) -> list[str]:
        return [body_of(message) for message in self.received]

    def take(self) -> BrokeredMessage:
        """Gives the oldest message that was received and not taken yet."""
        return self.received.pop(0)

    def ask(self, credit: int) -> None:
        """Gives credit."""
        self.credit = credit
        if self.seat is not None:
            self.seat.pump()


def receiving(queue: Queue, credit: int = 1_000, mode: ReceiveMode = ReceiveMode.PEEK_LOCK) -> Receiver:
    """Lets a new receiver receive from a queue without sessions."""
    receiver = Receiver(credit, mode)
    receiver.seat = queue.join(receiver)
    receiver.seat.pump()
    return receiver


def accepting(queue: Queue, session_id: str, name: str = "link", credit: int = 1_000) -> Receiver:
    """Lets a new receiver lock a session and receive from it."""
    receiver = Receiver(credit, name=name)
    receiver.seat = queue.by_session.accept(session_id, receiver)
    receiver.seat.pump()
    return receiver


def accepting_next(queue: Queue, name: str = "link", credit: int = 1_000) -> Receiver:
    """Lets a new receiver wait for any session; its `seat` is set once it has one."""
    receiver = Receiver(credit, name=name)

    def accepted(seat: Seat) -> None:
        receiver.seat = seat
        seat.pump()

    queue.by_session.accept_next(receiver, accepted)
    return receiver


def settle(queue: Queue, message: BrokeredMessage, disposition: Disposition) -> None:
    """Settles a message by the token of its lock."""
    assert message.lock is not None
    queue.settle(message.lock.token, disposition)


def queue_of(clock: ManualClock, **settings: object) -> Queue:
    """Makes a namespace with one queue and gives the queue."""
    made = QueueSettings(**settings)  # type: ignore[arg-type] # passed on as they were given
    queue = Namespace(NamespaceSettings(queues={"orders": made}), clock).entity("orders")
    assert isinstance(queue, Queue)
    return queue


def dead_letters_of(queue: Queue) -> Queue:
    """Gives a queue's dead-letter queue."""
    assert queue.dead_letters is not None
    return queue.dead_letters
