"""A session as its links see it, and links as their session sees them."""

from collections.abc import Sequence
from typing import Protocol

from local.servicebus.amqp.composites import Composite
from local.servicebus.amqp.outcomes import Outcome
from local.servicebus.amqp.performatives import Flow


class Origin(Protocol):
    """Where the messages of a link come from."""

    def pump(self) -> None:
        """Sends what there is, as long as the link has credit."""

    def settle(self, tag: bytes, outcome: Outcome) -> Outcome:
        """Does with a delivery what the receiver says, and answers what became of it."""

    def closed(self) -> None:
        """Hears that the link is gone."""


class Link(Protocol):
    """One direction between a client and a node."""

    @property
    def handle(self) -> int:
        """Gives the number that frames name the link by."""

    def on_flow(self, flow: Flow) -> None:
        """Hears how much may be sent."""

    def closed(self) -> None:
        """Hears that the link is gone."""


class DeliveringLink(Link, Protocol):
    """A link on which the broker sends."""

    @property
    def origin(self) -> Origin | None:
        """Gives what is behind the link, as long as it is there."""


class Carrier(Protocol):
    """A session, which carries the frames of its links."""

    @property
    def writable(self) -> bool:
        """Says whether there is room for another message."""

    def send(self, body: Composite, payload: bytes = b"") -> None:
        """Sends a frame."""

    def send_flow(
        self, handle: int | None = None, delivery_count: int | None = None, credit: int | None = None, *, drain: bool
    ) -> None:
        """Says how much may be sent on the session, and on a link."""

    def transfer(self, link: DeliveringLink, payload: bytes, tag: bytes, *, settled: bool) -> None:
        """Sends a delivery."""

    def add(self, link: Link) -> None:
        """Takes a link in."""

    def forget(self, handle: int) -> None:
        """Lets a link go."""

    def origins(self) -> Sequence[Origin]:
        """Gives what is behind the links on which the broker sends."""
