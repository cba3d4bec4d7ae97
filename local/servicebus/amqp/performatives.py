"""The frames' bodies: what peers say to each other; part 2, section 2.7, part 3, section 3.5, part 5, section 5.3."""

from dataclasses import dataclass, field
from typing import ClassVar

from local.servicebus.amqp.composites import (
    ANY,
    BINARY,
    BOOLEAN,
    MAP,
    STRING,
    SYMBOL,
    SYMBOLS,
    UBYTE,
    UINT,
    ULONG,
    USHORT,
    composite,
)
from local.servicebus.amqp.errors import Error
from local.servicebus.amqp.outcomes import DeliveryState
from local.servicebus.amqp.types import Array, Symbol, Value

type Map = dict[Value, Value]
type Symbols = Array | Symbol

LARGEST_UINT = 0xFFFF_FFFF
LARGEST_USHORT = 0xFFFF


@composite
@dataclass(slots=True)
class Source:
    """Where a link's messages come from."""

    code: ClassVar[int] = 0x28
    address: str | None = field(default=None, metadata=ANY)
    durable: int | None = field(default=None, metadata=UINT)
    expiry_policy: str | None = field(default=None, metadata=SYMBOL)
    timeout: int | None = field(default=None, metadata=UINT)
    dynamic: bool | None = field(default=None, metadata=BOOLEAN)
    dynamic_node_properties: Map | None = field(default=None, metadata=MAP)
    distribution_mode: str | None = field(default=None, metadata=SYMBOL)
    filters: Map | None = field(default=None, metadata=MAP)
    default_outcome: Value = field(default=None, metadata=ANY)
    outcomes: Symbols | None = field(default=None, metadata=SYMBOLS)
    capabilities: Symbols | None = field(default=None, metadata=SYMBOLS)


@composite
@dataclass(slots=True)
class Target:
    """Where a link's messages go."""

    code: ClassVar[int] = 0x29
    address: str | None = field(default=None, metadata=ANY)
    durable: int | None = field(default=None, metadata=UINT)
    expiry_policy: str | None = field(default=None, metadata=SYMBOL)
    timeout: int | None = field(default=None, metadata=UINT)
    dynamic: bool | None = field(default=None, metadata=BOOLEAN)
    dynamic_node_properties: Map | None = field(default=None, metadata=MAP)
    capabilities: Symbols | None = field(default=None, metadata=SYMBOLS)


@composite
@dataclass(slots=True)
class Open:
    """Opens a connection."""

    code: ClassVar[int] = 0x10
    container_id: str = field(default="", metadata=STRING)
    hostname: str | None = field(default=None, metadata=STRING)
    max_frame_size: int = field(default=LARGEST_UINT, metadata=UINT)
    channel_max: int = field(default=LARGEST_USHORT, metadata=USHORT)
    idle_timeout: int | None = field(default=None, metadata=UINT)
    outgoing_locales: Symbols | None = field(default=None, metadata=SYMBOLS)
    incoming_locales: Symbols | None = field(default=None, metadata=SYMBOLS)
    offered_capabilities: Symbols | None = field(default=None, metadata=SYMBOLS)
    desired_capabilities: Symbols | None = field(default=None, metadata=SYMBOLS)
    properties: Map | None = field(default=None, metadata=MAP)


@composite
@dataclass(slots=True)
class Begin:
    """Begins a session."""

    code: ClassVar[int] = 0x11
    remote_channel: int | None = field(default=None, metadata=USHORT)
    next_outgoing_id: int = field(default=0, metadata=UINT)
    incoming_window: int = field(default=0, metadata=UINT)
    outgoing_window: int = field(default=0, metadata=UINT)
    handle_max: int = field(default=LARGEST_UINT, metadata=UINT)
    offered_capabilities: Symbols | None = field(default=None, metadata=SYMBOLS)
    desired_capabilities: Symbols | None = field(default=None, metadata=SYMBOLS)
    properties: Map | None = field(default=None, metadata=MAP)


@composite
@dataclass(slots=True)
class Attach:
    """Attaches a link; `role` is true for the side that receives."""

    code: ClassVar[int] = 0x12
    name: str = field(default="", metadata=STRING)
    handle: int = field(default=0, metadata=UINT)
    role: bool = field(default=False, metadata=BOOLEAN)
    snd_settle_mode: int = field(default=2, metadata=UBYTE)
    rcv_settle_mode: int = field(default=0, metadata=UBYTE)
    source: Source | None = field(default=None, metadata=ANY)
    target: Target | None = field(default=None, metadata=ANY)
    unsettled: Map | None = field(default=None, metadata=MAP)
    incomplete_unsettled: bool = field(default=False, metadata=BOOLEAN)
    initial_delivery_count: int | None = field(default=None, metadata=UINT)
    max_message_size: int | None = field(default=None, metadata=ULONG)
    offered_capabilities: Symbols | None = field(default=None, metadata=SYMBOLS)
    desired_capabilities: Symbols | None = field(default=None, metadata=SYMBOLS)
    properties: Map | None = field(default=None, metadata=MAP)


@composite
@dataclass(slots=True)
class Flow:
    """Says how much may be sent, on a session and on a link."""

    code: ClassVar[int] = 0x13
    next_incoming_id: int | None = field(default=None, metadata=UINT)
    incoming_window: int = field(default=0, metadata=UINT)
    next_outgoing_id: int = field(default=0, metadata=UINT)
    outgoing_window: int = field(default=0, metadata=UINT)
    handle: int | None = field(default=None, metadata=UINT)
    delivery_count: int | None = field(default=None, metadata=UINT)
    link_credit: int | None = field(default=None, metadata=UINT)
    available: int | None = field(default=None, metadata=UINT)
    drain: bool = field(default=False, metadata=BOOLEAN)
    echo: bool = field(default=False, metadata=BOOLEAN)
    properties: Map | None = field(default=None, metadata=MAP)


@composite
@dataclass(slots=True)
class Transfer:
    """Carries a message, or a part of one; the payload follows it in the frame."""

    code: ClassVar[int] = 0x14
    handle: int = field(default=0, metadata=UINT)
    delivery_id: int | None = field(default=None, metadata=UINT)
    delivery_tag: bytes | None = field(default=None, metadata=BINARY)
    message_format: int | None = field(default=None, metadata=UINT)
    settled: bool | None = field(default=None, metadata=BOOLEAN)
    more: bool = field(default=False, metadata=BOOLEAN)
    rcv_settle_mode: int | None = field(default=None, metadata=UBYTE)
    state: DeliveryState | None = field(default=None, metadata=ANY)
    resume: bool = field(default=False, metadata=BOOLEAN)
    aborted: bool = field(default=False, metadata=BOOLEAN)
    batchable: bool = field(default=False, metadata=BOOLEAN)


@composite
@dataclass(slots=True)
class Disposition:
    """Says what became of deliveries; `role` is true for the side that received them."""

    code: ClassVar[int] = 0x15
    role: bool = field(default=False, metadata=BOOLEAN)
    first: int = field(default=0, metadata=UINT)
    last: int | None = field(default=None, metadata=UINT)
    settled: bool = field(default=False, metadata=BOOLEAN)
    state: DeliveryState | None = field(default=None, metadata=ANY)
    batchable: bool = field(default=False, metadata=BOOLEAN)


@composite
@dataclass(slots=True)
class Detach:
    """Detaches a link."""

    code: ClassVar[int] = 0x16
    handle: int = field(default=0, metadata=UINT)
    closed: bool = field(default=False, metadata=BOOLEAN)
    error: Error | None = field(default=None, metadata=ANY)


@composite
@dataclass(slots=True)
class End:
    """Ends a session."""

    code: ClassVar[int] = 0x17
    error: Error | None = field(default=None, metadata=ANY)


@composite
@dataclass(slots=True)
class Close:
    """Closes a connection."""

    code: ClassVar[int] = 0x18
    error: Error | None = field(default=None, metadata=ANY)


@composite
@dataclass(slots=True)
class SaslMechanisms:
    """Lists the ways to authenticate."""

    code: ClassVar[int] = 0x40
    mechanisms: Symbols | None = field(default=None, metadata=SYMBOLS)


@composite
@dataclass(slots=True)
class SaslInit:
    """Chooses a way to authenticate."""

    code: ClassVar[int] = 0x41
    mechanism: str = field(default="", metadata=SYMBOL)
    initial_response: bytes | None = field(default=None, metadata=BINARY)
    hostname: str | None = field(default=None, metadata=STRING)


@composite
@dataclass(slots=True)
class SaslOutcome:
    """Says whether the authentication succeeded; 0 is yes."""

    code: ClassVar[int] = 0x44
    outcome: int = field(default=0, metadata=UBYTE)
    additional_data: bytes | None = field(default=None, metadata=BINARY)
