"""What became of a delivery; part 3, section 3.4."""

from dataclasses import dataclass, field
from typing import ClassVar

from local.servicebus.amqp.composites import ANY, BOOLEAN, MAP, UINT, ULONG, composite
from local.servicebus.amqp.errors import Error
from local.servicebus.amqp.types import Value


@composite
@dataclass(slots=True)
class Received:
    """How much of a delivery has arrived."""

    code: ClassVar[int] = 0x23
    section_number: int = field(default=0, metadata=UINT)
    section_offset: int = field(default=0, metadata=ULONG)


@composite
@dataclass(slots=True)
class Accepted:
    """The delivery is done."""

    code: ClassVar[int] = 0x24


@composite
@dataclass(slots=True)
class Rejected:
    """The delivery is invalid."""

    code: ClassVar[int] = 0x25
    error: Error | None = field(default=None, metadata=ANY)


@composite
@dataclass(slots=True)
class Released:
    """The delivery was not and will not be looked at."""

    code: ClassVar[int] = 0x26


@composite
@dataclass(slots=True)
class Modified:
    """The delivery was not done, and something about it has changed."""

    code: ClassVar[int] = 0x27
    delivery_failed: bool = field(default=False, metadata=BOOLEAN)
    undeliverable_here: bool = field(default=False, metadata=BOOLEAN)
    message_annotations: dict[Value, Value] | None = field(default=None, metadata=MAP)


type Outcome = Accepted | Rejected | Released | Modified
type DeliveryState = Outcome | Received
