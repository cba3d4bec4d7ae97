"""An AMQP session: its links, its windows and its unsettled deliveries; part 2, section 2.5."""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

from local.servicebus.amqp.composites import Composite
from local.servicebus.amqp.errors import HANDLE_IN_USE, UNATTACHED_HANDLE, ProtocolError
from local.servicebus.amqp.outcomes import Accepted, Modified, Rejected, Released
from local.servicebus.amqp.performatives import Attach, Begin, Detach, Disposition, Flow, Transfer
from local.servicebus.amqp.serials import advanced, ahead
from local.servicebus.carrier import Carrier, DeliveringLink, Link, Origin
from local.servicebus.incoming_link import IncomingLink
from local.servicebus.outgoing_link import OutgoingLink

# Frames are worked off as they arrive, so the window never closes and is the same in every flow.
INCOMING_WINDOW = 65_535
OUTGOING_WINDOW = 65_535
# The SDK takes a disposition of the broker's deliveries for one of its own requests with the same delivery id (its
# sender link does not look at the role), so the broker's ids start where no client's will ever be.
FIRST_DELIVERY_ID = 1 << 30
FIRST_OUTGOING_ID = 0
# The frame header, and a transfer with all fields of a size that this broker never exceeds.
_TRANSFER_OVERHEAD = 128


class Wire(Protocol):
    """A connection, as its sessions see it."""

    @property
    def writable(self) -> bool:
        """Says whether a message that is sent now has a chance to arrive soon."""

    @property
    def peer_frame_size(self) -> int:
        """Says how large a frame may be."""

    def send(self, channel: int, body: Composite, payload: bytes = b"") -> None:
        """Sends a frame."""


class LinkAttacher(Protocol):
    """Finds what is behind the links that a client attaches."""

    def attach(self, session: Carrier, attach: Attach) -> None:
        """Answers an attach, now or later."""


class Session:
    """One session of a connection."""

    def __init__(self, connection: Wire, attacher: LinkAttacher, channel: int, begin: Begin) -> None:
        self._connection = connection
        self._attacher = attacher
        self._channel = channel
        self._links: dict[int, Link] = {}
        self._unsettled: dict[int, tuple[DeliveringLink, bytes]] = {}
        self._next_delivery_id = FIRST_DELIVERY_ID
        self._next_outgoing_id = FIRST_OUTGOING_ID
        self._next_incoming_id = begin.next_outgoing_id
        self._window = begin.incoming_window
        self._waiting: deque[tuple[DeliveringLink, Transfer, bytes]] = deque()

    # What links use

    @property
    def writable(self) -> bool:
        """Says whether there is room for another message, on the connection and in the peer's window."""
        return self._connection.writable and not self._waiting

    def send(self, body: Composite, payload: bytes = b"") -> None:
        """Sends a frame."""
        self._connection.send(self._channel, body, payload)

    def send_flow(
        self,
        handle: int | None = None,
        delivery_count: int | None = None,
        credit: int | None = None,
        *,
        drain: bool = False,
    ) -> None:
        """Says how much may be sent on the session, and on a link."""
        self.send(
            Flow(
                next_incoming_id=self._next_incoming_id,
                incoming_window=INCOMING_WINDOW,
                next_outgoing_id=self._next_outgoing_id,
                outgoing_window=OUTGOING_WINDOW,
                handle=handle,
                delivery_count=delivery_count,
                link_credit=credit,
                drain=drain,
            )
        )

    def transfer(self, link: DeliveringLink, payload: bytes, tag: bytes, *, settled: bool) -> None:
        """Sends a delivery in as many frames as it needs, as far as the peer's window lets it."""
        delivery_id = self._next_delivery_id
        self._next_delivery_id = advanced(self._next_delivery_id)
        if not settled:
            self._unsettled[delivery_id] = (link, tag)
        room = self._connection.peer_frame_size - _TRANSFER_OVERHEAD
        for start in range(0, len(payload), room):
            more = start + room < len(payload)
            transfer = Transfer(link.handle, delivery_id, tag, message_format=0, settled=settled, more=more)
            self._waiting.append((link, transfer, payload[start : start + room]))
        self._send_waiting()

    def add(self, link: Link) -> None:
        """Takes a link in."""
        self._links[link.handle] = link

    def forget(self, handle: int) -> None:
        """Lets a link go, with all that was on its way."""
        link = self._links.pop(handle, None)
        if link is None:
            return
        self._unsettled = {number: entry for number, entry in self._unsettled.items() if entry[0] is not link}
        self._waiting = deque(entry for entry in self._waiting if entry[0] is not link)
        link.closed()

    def origins(self) -> Sequence[Origin]:
        """Gives what is behind the links on which the broker sends."""
        links = [link for link in self._links.values() if isinstance(link, OutgoingLink)]
        return [link.origin for link in links if link.origin is not None]

    # What the peer says

    def on_attach(self, attach: Attach) -> None:
        """Attaches a link, or refuses it."""
        if attach.handle in self._links:
            message = f"the handle {attach.handle} is in use"
            raise ProtocolError(HANDLE_IN_USE, message)
        self._attacher.attach(self, attach)

    def on_flow(self, flow: Flow) -> None:
        """Takes a new window, and new credit for a link."""
        # Before the peer has seen the broker's begin, it cannot know an id and leaves it out.
        seen = self._next_outgoing_id if flow.next_incoming_id is None else flow.next_incoming_id
        self._window = flow.incoming_window - ahead(self._next_outgoing_id, seen)
        blocked = bool(self._waiting)
        self._send_waiting()
        if flow.handle in self._links:
            self._links[flow.handle].on_flow(flow)
        elif flow.echo:
            self.send_flow()
        if blocked:
            self.pump()

    def on_transfer(self, transfer: Transfer, payload: bytes) -> None:
        """Takes a frame of a message."""
        self._next_incoming_id = advanced(self._next_incoming_id)
        link = self._links.get(transfer.handle)
        if not isinstance(link, IncomingLink):
            message = f"no link that sends has the handle {transfer.handle}"
            raise ProtocolError(UNATTACHED_HANDLE, message)
        link.on_transfer(transfer, payload)

    def on_disposition(self, disposition: Disposition) -> None:
        """Settles deliveries; what the peer says about its own is settled already."""
        if not disposition.role:
            return
        last = disposition.first if disposition.last is None else disposition.last
        if disposition.first == last:
            numbers = [last] if last in self._unsettled else []
        else:
            numbers = [number for number in self._unsettled if disposition.first <= number <= last]
        for number in numbers:
            self._settle(number, disposition)

    def on_detach(self, detach: Detach) -> None:
        """Lets a link go; one that the broker took away is answered, and is gone already."""
        if detach.handle in self._links:
            self.forget(detach.handle)
            self.send(Detach(detach.handle, closed=detach.closed))

    def pump(self) -> None:
        """Sends what there is, on every link."""
        for link in list(self._links.values()):
            if isinstance(link, OutgoingLink):
                link.pump()

    def closed(self) -> None:
        """Lets all links go."""
        for handle in list(self._links):
            self.forget(handle)

    def _settle(self, number: int, disposition: Disposition) -> None:
        link, tag = self._unsettled[number]
        state = disposition.state
        if not isinstance(state, Accepted | Rejected | Released | Modified):
            # Without an outcome the message stays locked; whether the delivery is forgotten is up to `settled`.
            if disposition.settled:
                del self._unsettled[number]
            return
        del self._unsettled[number]
        if link.origin is None:
            return
        outcome = link.origin.settle(tag, state)
        # Since 7.15 the SDK sends its outcome unsettled and waits for the broker's word.
        if not disposition.settled:
            self.send(Disposition(role=False, first=number, last=number, settled=True, state=outcome))

    def _send_waiting(self) -> None:
        while self._waiting and self._window > 0:
            _, transfer, payload = self._waiting.popleft()
            self._window -= 1
            self._next_outgoing_id = advanced(self._next_outgoing_id)
            self.send(transfer, payload)
