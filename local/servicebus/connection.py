"""One client's connection: octets in, frames out; part 2, section 2.4."""

import asyncio
import logging
from collections.abc import Callable
from typing import cast

from local.servicebus.amqp.composites import Composite, read_composite
from local.servicebus.amqp.decode import DecodeError, decode
from local.servicebus.amqp.errors import (
    CONNECTION_FORCED,
    DECODE_ERROR,
    ILLEGAL_STATE,
    INTERNAL_ERROR,
    ProtocolError,
    error,
)
from local.servicebus.amqp.framing import EMPTY_FRAME, Frame, FrameReader, ProtocolHeader, encode_frame
from local.servicebus.amqp.performatives import (
    Attach,
    Begin,
    Close,
    Detach,
    Disposition,
    End,
    Flow,
    Open,
    SaslInit,
    Transfer,
)
from local.servicebus.attaching import Attacher
from local.servicebus.handshake import Handshake
from local.servicebus.keep_alive import KeepAlive
from local.servicebus.session import FIRST_OUTGOING_ID, INCOMING_WINDOW, OUTGOING_WINDOW, Session

logger = logging.getLogger(__name__)

# A client that does not read is not waited for any longer once its connection is to end.
_FAREWELL_SECONDS = 5.0


class Connection(asyncio.Protocol):
    """Reads frames and gives them to their sessions. Whatever a client does wrong ends its own connection only."""

    def __init__(self, attacher: Attacher, on_lost: Callable[["Connection"], None], idle_timeout: float) -> None:
        self._attacher = attacher
        self._paused = False
        self._ending = False
        self._on_lost = on_lost
        self._idle_timeout = idle_timeout
        self._handshake = Handshake(self._write, self._hang_up, idle_timeout)
        self._reader = FrameReader()
        self._sessions: dict[int, Session] = {}
        self._transport: asyncio.Transport | None = None
        self._keep_alive: KeepAlive | None = None
        self._abort: asyncio.TimerHandle | None = None

    # What asyncio says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Meets a client."""
        self._transport = cast("asyncio.Transport", transport)
        self._keep_alive = KeepAlive(self._show_life, self._gone_silent, self._idle_timeout)

    def data_received(self, data: bytes) -> None:
        """Takes octets."""
        if self._keep_alive is not None:
            self._keep_alive.heard()
        try:
            for unit in self._reader.feed(data):
                if self._transport is None or self._transport.is_closing():
                    return
                self._take(unit)
        except ProtocolError as fault:
            self.close(fault.condition, fault.description)
        except DecodeError as fault:
            self.close(DECODE_ERROR, str(fault))
        except RecursionError:
            self.close(DECODE_ERROR, "a value is nested too deeply to be answered")
        except Exception:
            logger.exception("a frame could not be worked off")
            self.close(INTERNAL_ERROR, "The broker failed.")

    def pause_writing(self) -> None:
        """Hears that the client does not read; messages stay where they are meanwhile."""
        self._paused = True

    def resume_writing(self) -> None:
        """Hears that the client reads again."""
        self._paused = False
        for session in list(self._sessions.values()):
            session.pump()

    def connection_lost(self, exc: Exception | None) -> None:
        """Lets all go.

        A client that crashed looks like this too. The real service notices and detaches its links soon after, which
        releases its sessions without counting a delivery; here that happens at once.
        """
        logger.info("connection lost%s", f": {exc}" if exc else "")
        self._transport = None
        if self._keep_alive is not None:
            self._keep_alive.stop()
        if self._abort is not None:
            self._abort.cancel()
        self._close_sessions()
        self._on_lost(self)

    # What sessions use

    @property
    def writable(self) -> bool:
        """Says whether a message that is sent now has a chance to arrive soon."""
        gone = self._ending or self._transport is None or self._transport.is_closing()
        return not gone and not self._paused

    @property
    def peer_frame_size(self) -> int:
        """Says how large a frame may be."""
        return self._handshake.peer_frame_size

    def send(self, channel: int, body: Composite, payload: bytes = b"") -> None:
        """Sends a frame."""
        self._write(encode_frame(channel, body, payload))

    def close(self, condition: str, description: str) -> None:
        """Closes the connection and tells the client why."""
        logger.info("connection closed: %s %s", condition, description)
        self._close_sessions()
        if self._handshake.opened:
            self.send(0, Close(error(condition, description)))
        self._hang_up()

    # What the client says

    def _take(self, unit: ProtocolHeader | Frame) -> None:
        if isinstance(unit, ProtocolHeader):
            self._handshake.on_header(unit.octets)
        elif unit.body:
            value, end = decode(unit.body)
            self._on_performative(unit.channel, read_composite(value), unit.body[end:])

    def _on_performative(self, channel: int, body: Composite, payload: bytes) -> None:
        match body:
            case SaslInit():
                self._handshake.on_sasl_init(body)
            case Open():
                self._on_open(body)
            case Close():
                self._on_close()
            case Begin():
                self._on_begin(channel, body)
            case End():
                self._on_end(channel)
            case _:
                _on_session_frame(self._session(channel), body, payload)

    def _on_open(self, body: Open) -> None:
        if self._handshake.opened:
            message = "the connection is open already"
            raise ProtocolError(ILLEGAL_STATE, message)
        if self._handshake.identified:
            self._attacher.authorize()
        self._handshake.on_open(body)
        if self._keep_alive is not None:
            self._keep_alive.promise(body.idle_timeout)
        logger.info("connection opened by %s", body.container_id)

    def _on_close(self) -> None:
        self._close_sessions()
        self.send(0, Close())
        self._hang_up()

    def _on_begin(self, channel: int, body: Begin) -> None:
        if not self._handshake.opened or channel in self._sessions:
            message = f"channel {channel} cannot begin a session now"
            raise ProtocolError(ILLEGAL_STATE, message)
        self._sessions[channel] = Session(self, self._attacher, channel, body)
        self.send(channel, Begin(channel, FIRST_OUTGOING_ID, INCOMING_WINDOW, OUTGOING_WINDOW, body.handle_max))

    def _on_end(self, channel: int) -> None:
        self._session(channel).closed()
        del self._sessions[channel]
        self.send(channel, End())

    def _session(self, channel: int) -> Session:
        session = self._sessions.get(channel)
        if session is None:
            message = f"channel {channel} has no session"
            raise ProtocolError(ILLEGAL_STATE, message)
        return session

    # Ends

    def _show_life(self) -> None:
        # To a client that does not read, what waits for it is sign enough.
        if not self._paused:
            self._write(EMPTY_FRAME)

    def _gone_silent(self) -> None:
        self.close(CONNECTION_FORCED, "Nothing was heard for twice the idle timeout.")

    def _close_sessions(self) -> None:
        # Before anything is released: what is released must not come back to the links that are about to go.
        self._ending = True
        for session in self._sessions.values():
            session.closed()
        self._sessions.clear()

    def _hang_up(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()
            self._abort = asyncio.get_running_loop().call_later(_FAREWELL_SECONDS, self._transport.abort)

    def _write(self, octets: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(octets)


def _on_session_frame(session: Session, body: Composite, payload: bytes) -> None:
    match body:
        case Transfer():
            session.on_transfer(body, payload)
        case Disposition():
            session.on_disposition(body)
        case Flow():
            session.on_flow(body)
        case Attach():
            session.on_attach(body)
        case Detach():
            session.on_detach(body)
        case _:
            message = f"{type(body).__name__} is no frame that a client sends"
            raise ProtocolError(ILLEGAL_STATE, message)
