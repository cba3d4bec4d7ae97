"""A client that speaks AMQP frame by frame, for what no SDK does on purpose."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from local.servicebus.amqp.composites import Composite, read_composite
from local.servicebus.amqp.decode import decode
from local.servicebus.amqp.framing import AMQP_HEADER, SASL_HEADER, Frame, FrameReader, ProtocolHeader, encode_frame
from local.servicebus.amqp.message import Content, Map, Properties, parse_message, value_message
from local.servicebus.amqp.performatives import (
    Attach,
    Begin,
    Flow,
    Open,
    SaslInit,
    SaslMechanisms,
    SaslOutcome,
    Source,
    Target,
    Transfer,
)
from local.servicebus.amqp.types import Symbol, Timestamp, Value
from tests.contract.servicebus.handlers import PATIENCE
from tests.contract.servicebus.hurry import real

SETTLED_BY_SENDER, SETTLED_BY_RECEIVER = 1, 1


class RawClient:
    """One connection with one session."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self._frames = FrameReader()
        self._units: list[ProtocolHeader | Frame] = []
        self._transfer_id = 0

    async def unit(self) -> ProtocolHeader | Frame:
        """Reads a protocol header or a frame. Raises ConnectionError at the end."""
        while not self._units:
            octets = await asyncio.wait_for(self._reader.read(65_536), real(PATIENCE))
            if not octets:
                message = "the broker hung up"
                raise ConnectionError(message)
            self._units += self._frames.feed(octets)
        return self._units.pop(0)

    async def expect[T](self, kind: type[T]) -> T:
        """Reads the next performative, which has to be of a kind; signs of life are passed over."""
        return (await self.expect_with_payload(kind))[0]

    async def expect_with_payload[T](self, kind: type[T]) -> tuple[T, bytes]:
        """Reads the next performative and what follows it in its frame."""
        while True:
            unit = await self.unit()
            assert isinstance(unit, Frame)
            if unit.body:
                break
        value, end = decode(unit.body)
        read = read_composite(value)
        assert isinstance(read, kind), read
        return read, unit.body[end:]

    def say_and_end(self, octets: bytes) -> None:
        """Writes octets, and that there will be no more."""
        self.writer.write(octets)
        # The broker may have hung up at the first of them.
        with suppress(OSError):
            self.writer.write_eof()

    async def ended(self) -> bool:
        """Says that the broker hung up, with whatever last words."""
        try:
            while True:
                await self.unit()
        except ConnectionError:
            return True

    def send(self, body: Composite, payload: bytes = b"", channel: int = 0) -> None:
        """Writes a frame."""
        self.writer.write(encode_frame(channel, body, payload))

    async def start(self, mechanism: str = "ANONYMOUS", begin: Begin | None = None, open_: Open | None = None) -> Open:
        """Authenticates, opens the connection and begins a session."""
        self.writer.write(SASL_HEADER)
        assert await self.unit() == ProtocolHeader(SASL_HEADER)
        await self.expect(SaslMechanisms)
        self.writer.write(encode_frame(0, SaslInit(mechanism), sasl=True))
        assert (await self.expect(SaslOutcome)).outcome == 0
        self.writer.write(AMQP_HEADER)
        assert await self.unit() == ProtocolHeader(AMQP_HEADER)
        self.send(open_ or Open("raw"))
        opened = await self.expect(Open)
        self.send(begin or Begin(incoming_window=1_000, outgoing_window=1_000))
        await self.expect(Begin)
        return opened

    async def attach_sender(self, address: str, handle: int = 0) -> Attach:
        """Attaches a link on which this client sends."""
        name = f"sender-{handle}"
        self.send(Attach(name, handle, source=Source("me"), target=Target(address), initial_delivery_count=0))
        attached = await self.expect(Attach)
        if attached.target is not None:
            await self.expect(Flow)
        return attached

    async def attach_receiver(
        self, address: str, handle: int = 1, *, filters: Map | None = None, credit: int = 0
    ) -> Attach:
        """Attaches a link on which this client receives."""
        source = Source(address, filters=filters)
        attach = Attach(f"receiver-{handle}", handle, role=True, snd_settle_mode=0, rcv_settle_mode=1)
        attach.source, attach.target = source, Target("me")
        self.send(attach)
        attached = await self.expect(Attach)
        if credit:
            self.give_credit(credit, handle)
        return attached

    def give_credit(self, credit: int, handle: int = 1, *, seen: int = 0, drain: bool = False) -> None:
        """Lets the broker send."""
        flow = Flow(0, 1_000, 0, 1_000, handle, seen, credit)
        flow.drain = drain
        self.send(flow)

    def transfer(self, payload: bytes, handle: int = 0, *, more: bool = False, first: bool = True) -> int:
        """Sends a frame of a message, and gives the delivery's number."""
        if first:
            self._transfer_id += 1
        number = self._transfer_id
        self.send(Transfer(handle, number, number.to_bytes(4), 0, more=more), payload)
        return number

    async def receive(self) -> tuple[Transfer, Content]:
        """Receives a message of one frame or more."""
        first, payload = await self.expect_with_payload(Transfer)
        more = first.more
        while more:
            transfer, part = await self.expect_with_payload(Transfer)
            payload, more = payload + part, transfer.more
        return first, parse_message(payload)


@asynccontextmanager
async def raw_client(port: int) -> AsyncIterator[RawClient]:
    """Connects, and says nothing yet."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield RawClient(reader, writer)
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


def put_token(token: Value = "token", operation: str = "put-token") -> bytes:
    """Writes a request to put a token."""
    properties: Map = {
        "operation": operation,
        "type": "servicebus.windows.net:sastoken",
        "name": "sb://localhost/plain",
        "expiration": Timestamp(0),
    }
    return value_message(token, Properties(message_id="token-1"), properties)


def session_filter(session_id: str | None) -> Map:
    """Writes the filter with which a receiver asks for a session."""
    return {Symbol("com.microsoft:session-filter"): session_id}
