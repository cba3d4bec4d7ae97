"""What becomes of a message after its function: complete, abandon or nothing, as the extension's MessageProcessor."""

import logging
from enum import Enum

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver
from azure.servicebus.exceptions import (
    MessageAlreadySettled,
    MessageLockLostError,
    MessageNotFoundError,
    ServiceBusError,
    SessionLockLostError,
)

_log = logging.getLogger(__name__)

_LOCK_LOST = (MessageLockLostError, SessionLockLostError, MessageNotFoundError, MessageAlreadySettled)


class Settlement(Enum):
    """What the host does with a message when its function has ended."""

    COMPLETE = "complete"
    """The function succeeded: the message is done with."""

    ABANDON = "abandon"
    """The function failed: the message comes back at once, and goes to the dead-letter queue after too many times."""

    LEAVE = "leave"
    """autoCompleteMessages is off and the function succeeded: nobody settles, the message returns after its lock."""


def settlement_of(*, succeeded: bool, auto_complete: bool) -> Settlement:
    """Decides; a failure is abandoned with and without autoCompleteMessages."""
    if not succeeded:
        return Settlement.ABANDON
    return Settlement.COMPLETE if auto_complete else Settlement.LEAVE


async def settle(receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage, settlement: Settlement) -> None:
    """Settles a message. Never raises: what could not be settled is delivered again, and the log says so."""
    try:
        match settlement:
            case Settlement.COMPLETE:
                await receiver.complete_message(message)
            case Settlement.ABANDON:
                await receiver.abandon_message(message)
            case Settlement.LEAVE:
                pass
    except _LOCK_LOST as fault:
        # Somebody else may have the message by now; that is at-least-once delivery at work, not an error of the host.
        _log.warning(
            "Could not %s message %r: its lock was lost (%s)", settlement.value, message.message_id, _name(fault)
        )
    except (ServiceBusError, ValueError) as fault:
        # ValueError is what the SDK raises when the receiver was closed in between.
        _log.error("Could not %s message %r: %s", settlement.value, message.message_id, _name(fault))


def _name(fault: Exception) -> str:
    return type(fault).__name__
