"""Locks renewed."""

from local.servicebus.amqp.times import to_timestamp
from local.servicebus.amqp.types import Array, Timestamp
from local.servicebus.entities.errors import MessageLockLostError, NotAllowedError
from local.servicebus.entities.queue import Queue
from local.servicebus.management.arguments import Arguments, Reply


def renew_messages(queue: Queue, arguments: Arguments) -> Reply:
    """Renews the locks of messages, all or none; answers when they expire."""
    if queue.settings.requires_session:
        message = "The messages of a session share the session's lock: renew that."
        raise NotAllowedError(message)
    locks = [queue.store.locked(token).lock for token in arguments.tokens("lock-tokens")]
    if not all(locks):
        raise MessageLockLostError
    ends = [to_timestamp(lock.term.renew()) for lock in locks if lock]
    return Reply({"expirations": Array(Timestamp, tuple(ends))})


def renew_session(queue: Queue, arguments: Arguments) -> Reply:
    """Renews the lock of a session; answers when it expires."""
    session = queue.by_session.sessions.held(arguments.text("session-id"), arguments.link_name)
    return Reply({"expiration": to_timestamp(session.held_by(arguments.link_name).renew())})
