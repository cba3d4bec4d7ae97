"""How a connection starts: protocol headers, SASL, and the two opens; part 2, sections 2.2 and 2.4.1, part 5."""

from typing import TYPE_CHECKING

from local.servicebus.amqp.framing import AMQP_HEADER, MAX_FRAME_SIZE, SASL_HEADER, encode_frame
from local.servicebus.amqp.performatives import Open, SaslInit, SaslMechanisms, SaslOutcome
from local.servicebus.amqp.types import Array, Symbol

if TYPE_CHECKING:
    from collections.abc import Callable

# .NET wants MSSBCBS, Python ANONYMOUS; both then put a token. PLAIN is for clients without claims-based security.
MECHANISMS = ("MSSBCBS", "PLAIN", "ANONYMOUS", "EXTERNAL")
SMALLEST_FRAME_SIZE = 512

_OK, _AUTH = 0, 1
_HIGHEST_CHANNEL = 4_999


class Handshake:
    """Answers what a client says before its first session."""

    def __init__(self, write: "Callable[[bytes], None]", hang_up: "Callable[[], None]", idle_timeout: float) -> None:
        self.opened = False
        self.peer_frame_size = SMALLEST_FRAME_SIZE
        # Whether SASL itself has shown who the client is, so that it need not put a token.
        self.identified = False
        self._write = write
        self._hang_up = hang_up
        self._idle_timeout = idle_timeout

    def on_header(self, octets: bytes) -> None:
        """Agrees on a protocol; what is not spoken here is answered with what is, and the connection ends."""
        if octets == SASL_HEADER:
            offer = SaslMechanisms(Array(Symbol, tuple(map(Symbol, MECHANISMS))))
            self._write(SASL_HEADER + encode_frame(0, offer, sasl=True))
            return
        self._write(AMQP_HEADER)
        if octets != AMQP_HEADER:
            self._hang_up()

    def on_sasl_init(self, init: SaslInit) -> None:
        """Lets a client in that chose one of the mechanisms."""
        known = init.mechanism in MECHANISMS
        self.identified = init.mechanism == "PLAIN"
        self._write(encode_frame(0, SaslOutcome(_OK if known else _AUTH), sasl=True))
        if not known:
            self._hang_up()

    def on_open(self, body: Open) -> None:
        """Opens the connection."""
        self.opened = True
        self.peer_frame_size = max(SMALLEST_FRAME_SIZE, min(body.max_frame_size, MAX_FRAME_SIZE))
        answer = Open("local-servicebus", max_frame_size=MAX_FRAME_SIZE, channel_max=_HIGHEST_CHANNEL, properties={})
        answer.idle_timeout = int(self._idle_timeout * 1000)
        self._write(encode_frame(0, answer))
