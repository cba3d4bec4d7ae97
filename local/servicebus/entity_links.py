"""Links to entities: what senders send goes in, what receivers settle is settled."""

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from local.servicebus.amqp.errors import error
from local.servicebus.amqp.message import BATCH_FORMAT, batched_messages, parse_message
from local.servicebus.amqp.outcomes import Accepted, Modified, Outcome, Rejected, Released
from local.servicebus.amqp.types import Value
from local.servicebus.entities.dispositions import Abandon, Complete, DeadLetter, Defer, Disposition, Release
from local.servicebus.entities.errors import ServiceBusError, SessionLockLostError
from local.servicebus.entities.message import BrokeredMessage, ReceiveMode, Transit
from local.servicebus.entities.namespace import Entity
from local.servicebus.entities.queue import Queue
from local.servicebus.outbound import encode_delivery
from local.servicebus.outgoing_link import OutgoingLink

if TYPE_CHECKING:
    from local.servicebus.entities.access import Seat


class EntitySink:
    """Puts what a sender sends into a queue or topic."""

    def __init__(self, entity: Entity) -> None:
        self._entity = entity

    def receive(self, payload: bytes, message_format: int) -> None:
        """Takes a message or a batch, all of it or nothing."""
        messages = batched_messages(payload) if message_format == BATCH_FORMAT else [payload]
        self._entity.intake.send([Transit(parse_message(message)) for message in messages])


class EntityReceiver:
    """A receiver's link as a consumer of an entity."""

    def __init__(self, link: OutgoingLink, queue: Queue, mode: ReceiveMode) -> None:
        self.mode = mode
        self.seat: Seat | None = None
        self._link = link
        self._queue = queue

    @property
    def name(self) -> str:
        """Names the link."""
        return self._link.name

    @property
    def ready(self) -> bool:
        """Says whether the link takes a message now."""
        return self._link.ready

    def deliver(self, message: BrokeredMessage) -> None:
        """Sends a message; the delivery's tag is the lock's token, in the octet order of a .NET Guid."""
        tag = message.lock.token if message.lock else uuid4()
        self._link.transfer(encode_delivery(message), tag.bytes_le, settled=message.lock is None)

    def session_lock_lost(self) -> None:
        """Takes the link away, as Service Bus does."""
        lost = SessionLockLostError()
        self._link.detach(error(lost.condition, lost.description))

    def pump(self) -> None:
        """Sends what there is."""
        if self.seat is not None:
            self.seat.pump()

    def settle(self, tag: bytes, outcome: Outcome) -> Outcome:
        """Settles a message; the answer repeats what was asked for, or says why it was not done."""
        try:
            self._queue.settle(UUID(bytes_le=tag), _disposition(outcome))
        except ServiceBusError as refusal:
            return Rejected(error(refusal.condition, refusal.description))
        # An error here would tell the SDK that dead-lettering failed.
        return Rejected() if isinstance(outcome, Rejected) else outcome

    def closed(self) -> None:
        """Gives the place up."""
        if self.seat is not None:
            self.seat.leave()


def _disposition(outcome: Outcome) -> Disposition:
    match outcome:
        case Accepted():
            return Complete()
        case Released():
            return Release()
        case Modified(undeliverable_here=True):
            return Defer()
        case Modified():
            return Abandon()
        case Rejected():
            info = outcome.error.info if outcome.error and outcome.error.info else {}
            return DeadLetter(_text(info.get("DeadLetterReason")), _text(info.get("DeadLetterErrorDescription")))


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
