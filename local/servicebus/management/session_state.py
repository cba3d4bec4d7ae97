"""What an application notes about a session."""

from local.servicebus.entities.queue import Queue
from local.servicebus.management.arguments import Arguments, Reply


def get(queue: Queue, arguments: Arguments) -> Reply:
    """Answers the state of a session that the client has locked."""
    session = queue.by_session.sessions.held(arguments.text("session-id"), arguments.link_name)
    return Reply({"session-state": session.state})


def put(queue: Queue, arguments: Arguments) -> Reply:
    """Sets or clears the state of a session that the client has locked."""
    sessions = queue.by_session.sessions
    session = sessions.held(arguments.text("session-id"), arguments.link_name)
    sessions.set_state(session, arguments.optional_octets("session-state"))
    return Reply()
