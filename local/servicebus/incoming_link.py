"""A link on which the broker receives: it puts messages together and answers what became of them."""

from typing import Protocol

from local.servicebus.amqp.decode import DecodeError
from local.servicebus.amqp.errors import DECODE_ERROR, error
from local.servicebus.amqp.outcomes import Accepted, Outcome, Rejected
from local.servicebus.amqp.performatives import Attach, Disposition, Flow, Transfer
from local.servicebus.amqp.serials import advanced
from local.servicebus.carrier import Carrier
from local.servicebus.entities.errors import MessageTooLargeError, ServiceBusError
from local.servicebus.entities.settings import MAX_MESSAGE_SIZE

# As much as the real service gives.
CREDIT = 1000
_TOP_UP_BELOW = CREDIT // 2


class Sink(Protocol):
    """Where the messages of a link go."""

    def receive(self, payload: bytes, message_format: int) -> None:
        """Takes a message; raises ServiceBusError or DecodeError when it does not."""


class IncomingLink:
    """Puts the frames of each delivery together, one delivery at a time, as the protocol promises them."""

    def __init__(self, session: Carrier, attach: Attach, sink: Sink) -> None:
        self.name = attach.name
        self.handle = attach.handle
        self._session = session
        self._sink = sink
        self._delivery_count = attach.initial_delivery_count or 0
        self._credit = 0
        self._first: Transfer | None = None
        self._payload = bytearray()
        self._size = 0

    def give_credit(self) -> None:
        """Lets the sender send more."""
        self._credit = CREDIT
        self._session.send_flow(self.handle, self._delivery_count, self._credit, drain=False)

    def on_flow(self, flow: Flow) -> None:
        """Answers a sender that asks how much it may send."""
        if flow.echo:
            self.give_credit()

    def on_transfer(self, transfer: Transfer, payload: bytes) -> None:
        """Takes one frame of a delivery."""
        first = self._first = self._first or transfer
        self._size += len(payload)
        # What is too large anyway is counted and not kept.
        if self._size <= MAX_MESSAGE_SIZE:
            self._payload += payload
        if transfer.more and not transfer.aborted:
            return
        message, size = bytes(self._payload), self._size
        self._first, self._size = None, 0
        self._payload.clear()
        if not transfer.aborted:
            self._finish(first, message, size, settled=bool(first.settled or transfer.settled))
        self._count()

    def closed(self) -> None:
        """Hears that the link is gone; half a delivery goes with it."""
        self._payload.clear()

    def _finish(self, first: Transfer, message: bytes, size: int, *, settled: bool) -> None:
        outcome = self._taken(message, size, first.message_format or 0)
        if not settled and first.delivery_id is not None:
            self._session.send(Disposition(role=True, first=first.delivery_id, settled=True, state=outcome))

    def _taken(self, message: bytes, size: int, message_format: int) -> Outcome:
        try:
            if size > MAX_MESSAGE_SIZE:
                raise MessageTooLargeError(_too_large(size))
            self._sink.receive(message, message_format)
        except ServiceBusError as refusal:
            return Rejected(error(refusal.condition, refusal.description))
        except DecodeError as fault:
            return Rejected(error(DECODE_ERROR, str(fault)))
        return Accepted()

    def _count(self) -> None:
        self._delivery_count = advanced(self._delivery_count)
        self._credit -= 1
        if self._credit < _TOP_UP_BELOW:
            self.give_credit()


def _too_large(size: int) -> str:
    return f"The message has {size} bytes; the largest that is taken has {MAX_MESSAGE_SIZE}."
