"""Looking without touching: messages and sessions."""

from datetime import datetime

from local.servicebus.amqp.times import from_milliseconds
from local.servicebus.amqp.types import Array, Int, Value
from local.servicebus.entities.message import BrokeredMessage
from local.servicebus.entities.queue import Queue
from local.servicebus.entities.sessions import Session
from local.servicebus.entities.settings import MAX_MESSAGE_SIZE
from local.servicebus.management.arguments import NOTHING_FOUND, Arguments, Reply
from local.servicebus.outbound import encode_peeked

# .NET's DateTime.MaxValue as its AMQP library rounds it. It stands for "every session with messages or state".
_EVERY_SESSION = 253_402_300_800_000


def peek(queue: Queue, arguments: Arguments) -> Reply:
    """Answers messages from a number on, whatever their state."""
    session_id = arguments.optional_text("session-id")

    def wanted(message: BrokeredMessage) -> bool:
        return session_id is None or message.session_id == session_id

    first, count = arguments.number("from-sequence-number"), arguments.number("message-count")
    found: list[Value] = []
    size = 0
    for message in queue.store.browse(first, count, wanted):
        encoded = encode_peeked(message)
        size += len(encoded)
        # One answer is one message, and no larger than those are, unless its first entry is alone.
        if found and size > MAX_MESSAGE_SIZE:
            break
        found.append({"message": encoded})
    return Reply({"messages": found}) if found else NOTHING_FOUND


def message_sessions(queue: Queue, arguments: Arguments) -> Reply:
    """Answers the ids of sessions: those with messages or state, or those whose state was set after a time."""
    since = arguments.number("last-updated-time")
    after = None if since >= _EVERY_SESSION else from_milliseconds(since)
    sessions = queue.by_session.sessions.all()
    # A deferred or scheduled message makes no session known, but has an id that counts all the same.
    ids = {session.session_id for session in sessions if _listed(session, after)}
    if after is None:
        ids |= {message.session_id for message in queue.store.all() if message.session_id}
    skip, top = arguments.number("skip"), arguments.number("top")
    page = sorted(ids)[skip : skip + top]
    if not page:
        return NOTHING_FOUND
    return Reply({"skip": Int(skip + len(page)), "sessions-ids": Array(str, tuple(page))})


def _listed(session: Session, after: datetime | None) -> bool:
    if after is None:
        return session.state is not None
    return session.state_set_at is not None and session.state_set_at > after
