"""Deferred messages received, and messages settled by the tokens of their locks."""

from local.servicebus.amqp.types import Value
from local.servicebus.entities.dispositions import Abandon, Complete, DeadLetter, Defer, Disposition
from local.servicebus.entities.errors import ArgumentError
from local.servicebus.entities.message import BrokeredMessage, ReceiveMode
from local.servicebus.entities.queue import Queue
from local.servicebus.management.arguments import Arguments, Reply
from local.servicebus.outbound import encode_delivery

_FIRST = 0  # rcv-settle-mode of a receiver that takes messages and settles nothing


def receive_by_sequence_number(queue: Queue, arguments: Arguments) -> Reply:
    """Answers deferred messages, locked unless the client deletes as it receives."""
    _check_session(queue, arguments)
    session_id = arguments.optional_text("session-id")

    def wanted(message: BrokeredMessage) -> bool:
        return not queue.settings.requires_session or message.session_id == session_id

    mode = ReceiveMode.PEEK_LOCK
    if arguments.number("receiver-settle-mode") == _FIRST:
        mode = ReceiveMode.RECEIVE_AND_DELETE
    found = queue.receive_deferred(arguments.numbers("sequence-numbers"), mode, wanted)
    messages: list[Value] = [_entry(message) for message in found]
    return Reply({"messages": messages})


def update_disposition(queue: Queue, arguments: Arguments) -> Reply:
    """Settles messages."""
    _check_session(queue, arguments)
    disposition = _disposition(arguments)
    tokens = list(dict.fromkeys(arguments.tokens("lock-tokens")))
    for token in tokens:
        queue.store.locked(token)
    for token in tokens:
        queue.settle(token, disposition)
    return Reply()


def _check_session(queue: Queue, arguments: Arguments) -> None:
    """Raises SessionLockLostError unless the client has locked the session that it speaks of."""
    if queue.settings.requires_session:
        queue.by_session.sessions.held(arguments.text("session-id"), arguments.link_name)


def _disposition(arguments: Arguments) -> Disposition:
    status = arguments.text("disposition-status")
    match status:
        case "completed":
            return Complete()
        case "abandoned":
            return Abandon()
        case "defered":  # so spelt by the service
            return Defer()
        case "suspended":
            reason, description = "deadletter-reason", "deadletter-description"
            return DeadLetter(arguments.optional_text(reason), arguments.optional_text(description))
        case _:
            message = f"There is no disposition status '{status}'."
            raise ArgumentError(message)


def _entry(message: BrokeredMessage) -> dict[Value, Value]:
    entry: dict[Value, Value] = {"message": encode_delivery(message)}
    if message.lock is not None:
        entry["lock-token"] = message.lock.token
    return entry
