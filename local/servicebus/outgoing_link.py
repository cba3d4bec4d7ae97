"""A link on which the broker sends: how much it may send, and what is on its way."""

from local.servicebus.amqp.errors import Error
from local.servicebus.amqp.performatives import Attach, Detach, Flow
from local.servicebus.amqp.serials import advanced, ahead
from local.servicebus.carrier import Carrier, Origin


class OutgoingLink:
    """Counts credit as part 2, section 2.6.7 says: the receiver gives it, every delivery takes one."""

    def __init__(self, session: Carrier, attach: Attach) -> None:
        self.name = attach.name
        self.handle = attach.handle
        self.origin: Origin | None = None
        self._session = session
        self._delivery_count = 0
        self._credit = 0

    @property
    def ready(self) -> bool:
        """Says whether a message may be sent now."""
        return self._credit > 0 and self._session.writable

    def transfer(self, payload: bytes, tag: bytes, *, settled: bool) -> None:
        """Sends a message."""
        self._credit -= 1
        self._delivery_count = advanced(self._delivery_count)
        self._session.transfer(self, payload, tag, settled=settled)

    def on_flow(self, flow: Flow) -> None:
        """Takes credit, and uses it up at once where the receiver wants to drain it."""
        seen = flow.delivery_count or 0
        if flow.link_credit is not None:
            self._credit = max(0, flow.link_credit - ahead(self._delivery_count, seen))
        self.pump()
        if flow.drain:
            self._delivery_count = advanced(self._delivery_count, self._credit)
            self._credit = 0
        if flow.drain or flow.echo:
            self._session.send_flow(self.handle, self._delivery_count, self._credit, drain=flow.drain)

    def pump(self) -> None:
        """Sends what there is."""
        if self.origin is not None:
            self.origin.pump()

    def detach(self, error: Error) -> None:
        """Takes the link away from the receiver."""
        self._session.send(Detach(self.handle, closed=True, error=error))
        self._session.forget(self.handle)

    def closed(self) -> None:
        """Hears that the link is gone."""
        origin, self.origin = self.origin, None
        if origin is not None:
            origin.closed()
