"""Errors as they travel: a condition, a description, and a map that is never null; part 2, section 2.8.14."""

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import uuid4

from local.servicebus.amqp.composites import MAP, STRING, SYMBOL, composite
from local.servicebus.amqp.types import Symbol, Value

DECODE_ERROR = "amqp:decode-error"
FRAMING_ERROR = "amqp:connection:framing-error"
CONNECTION_FORCED = "amqp:connection:forced"
ILLEGAL_STATE = "amqp:illegal-state"
INTERNAL_ERROR = "amqp:internal-error"
UNATTACHED_HANDLE = "amqp:session:unattached-handle"
HANDLE_IN_USE = "amqp:session:handle-in-use"


@composite
@dataclass(slots=True)
class Error:
    """What went wrong."""

    code: ClassVar[int] = 0x1D
    condition: str = field(default="", metadata=SYMBOL)
    description: str | None = field(default=None, metadata=STRING)
    info: dict[Value, Value] | None = field(default=None, metadata=MAP)


def error(condition: str, description: str) -> Error:
    """Makes an error with a tracking id.

    The SDK reads the map's place without looking whether it is there, and then a failed send hangs until it times out.
    """
    return Error(condition, description, {Symbol("com.microsoft:tracking-id"): str(uuid4())})


class ProtocolError(Exception):
    """A peer breaks the protocol, and its connection has to end."""

    def __init__(self, condition: str, description: str) -> None:
        super().__init__(description)
        self.condition = condition
        self.description = description
