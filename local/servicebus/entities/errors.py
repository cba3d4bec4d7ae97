"""What an entity refuses, in the words and with the conditions that Service Bus has for it.

    ServiceBusError
    ├── ArgumentError
    ├── EntityNotFoundError
    ├── MessageLockLostError
    ├── MessageNotFoundError
    ├── MessageTooLargeError
    ├── NoSessionError
    ├── NotAllowedError
    ├── NotSupportedError
    ├── RuleExistsError
    ├── SessionCannotBeLockedError
    ├── SessionLockLostError
    └── UnauthorizedError

The conditions are those of https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-troubleshoot.
"""

from typing import ClassVar


class ServiceBusError(Exception):
    """The request cannot be served."""

    condition: ClassVar[str] = "amqp:internal-error"
    # What the answer to a management request says.
    status: ClassVar[int] = 500

    def __init__(self, description: str = "") -> None:
        super().__init__(description or self.__doc__)

    @property
    def description(self) -> str:
        """Says what is wrong in a sentence."""
        return str(self)


class ArgumentError(ServiceBusError):
    """A value in the request is missing or wrong."""

    condition = "com.microsoft:argument-error"
    status = 400


class EntityNotFoundError(ServiceBusError):
    """The messaging entity could not be found."""

    condition = "amqp:not-found"
    status = 404


class MessageLockLostError(ServiceBusError):
    """The lock supplied is invalid: it expired, or the message has already been removed from the queue."""

    condition = "com.microsoft:message-lock-lost"
    status = 410


class MessageNotFoundError(ServiceBusError):
    """No message has this sequence number, or it is locked."""

    condition = "com.microsoft:message-not-found"
    status = 404


class MessageTooLargeError(ServiceBusError):
    """The message is larger than the entity takes."""

    condition = "amqp:link:message-size-exceeded"
    status = 413


class NoSessionError(ServiceBusError):
    """No session became available in time."""

    condition = "com.microsoft:timeout"
    status = 408


class NotAllowedError(ServiceBusError):
    """The entity does not work in this way."""

    condition = "amqp:not-allowed"
    status = 400


class NotSupportedError(ServiceBusError):
    """The broker does not do this."""

    condition = "amqp:not-implemented"
    status = 501


class RuleExistsError(ServiceBusError):
    """The subscription has a rule of this name already."""

    condition = "com.microsoft:entity-already-exists"
    status = 409


class SessionCannotBeLockedError(ServiceBusError):
    """The requested session cannot be accepted: another receiver has locked it."""

    condition = "com.microsoft:session-cannot-be-locked"
    status = 410


class SessionLockLostError(ServiceBusError):
    """The session lock has expired, or this receiver never had it."""

    condition = "com.microsoft:session-lock-lost"
    status = 410


class UnauthorizedError(ServiceBusError):
    """The connection has shown no token."""

    condition = "amqp:unauthorized-access"
    status = 401
