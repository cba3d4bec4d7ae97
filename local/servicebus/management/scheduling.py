"""Scheduled messages: put and cancelled."""

from local.servicebus.amqp.decode import DecodeError
from local.servicebus.amqp.message import parse_message
from local.servicebus.amqp.types import Array, Value
from local.servicebus.entities.errors import ArgumentError, MessageTooLargeError
from local.servicebus.entities.message import Transit
from local.servicebus.entities.namespace import Entity
from local.servicebus.entities.settings import MAX_MESSAGE_SIZE
from local.servicebus.management.arguments import Arguments, Reply


def schedule(entity: Entity, arguments: Arguments) -> Reply:
    """Keeps messages for later; answers the numbers with which they can be cancelled."""
    transits = [_transit(told) for told in arguments.maps("messages")]
    return Reply({"sequence-numbers": Array(int, tuple(entity.intake.schedule(transits)))})


def cancel(entity: Entity, arguments: Arguments) -> Reply:
    """Forgets scheduled messages."""
    entity.intake.cancel(arguments.numbers("sequence-numbers"))
    return Reply()


def _transit(told: dict[Value, Value]) -> Transit:
    encoded = told.get("message")
    if not isinstance(encoded, bytes):
        message = "Every scheduled message needs its octets under 'message'."
        raise ArgumentError(message)
    if len(encoded) > MAX_MESSAGE_SIZE:
        raise MessageTooLargeError
    try:
        return Transit(parse_message(encoded))
    except DecodeError as fault:
        message = "A scheduled message is not well-formed."
        raise ArgumentError(message) from fault
