"""How receivers get at an entity's messages session by session, in order."""

from collections.abc import Callable
from datetime import datetime, timedelta

from local.servicebus.clock import Clock
from local.servicebus.entities.access import LockEnded, hand_over
from local.servicebus.entities.errors import SessionLockLostError
from local.servicebus.entities.message import BrokeredMessage
from local.servicebus.entities.sessions import Session, SessionReceiver, Sessions
from local.servicebus.entities.store import MessageStore

# Called with a message that its receiver did not settle before it gave the session up.
type GivenUp = Callable[[BrokeredMessage], None]


class SessionAccess:
    """A receiver gets the messages of the one session that it has locked; they share the session's lock."""

    def __init__(
        self,
        clock: Clock,
        lock_duration: timedelta,
        store: MessageStore,
        lock_ended: LockEnded,
        given_up: GivenUp,
    ) -> None:
        self.sessions = Sessions(clock, lock_duration, self._expired)
        self._store = store
        self._lock_ended = lock_ended
        self._given_up = given_up

    def accept(self, session_id: str, receiver: SessionReceiver) -> "SessionSeat":
        """Locks one session, with or without messages.

        Raises SessionCannotBeLockedError.
        """
        return SessionSeat(self, self.sessions.accept(session_id, receiver), receiver)

    def accept_next(self, receiver: SessionReceiver, on_seat: Callable[["SessionSeat"], None]) -> None:
        """Locks a session that has messages to receive, now or once there is one."""
        self.sessions.accept_next(receiver, lambda session: on_seat(SessionSeat(self, session, receiver)))

    def give_up(self, receiver: SessionReceiver) -> None:
        """Takes a receiver that waits for any session out of the line."""
        self.sessions.give_up(receiver)

    def offer(self, message: BrokeredMessage) -> None:
        """Makes a message available."""
        session = self._session(message)
        session.backlog.add(message)
        self.pump(session)
        self.sessions.changed(session)

    def withdraw(self, message: BrokeredMessage) -> None:
        """Makes a message unavailable."""
        session = self._session(message)
        session.backlog.discard(message)
        self.sessions.changed(session)

    def lock(self, message: BrokeredMessage) -> None:
        """Locks a message for as long as its session is locked."""
        session = self._session(message)
        if session.term is None:
            raise SessionLockLostError
        self._store.lock(message, session.term)
        session.locked[message.sequence_number] = message

    def unlock(self, message: BrokeredMessage) -> None:
        """Takes the lock off."""
        self._session(message).locked.pop(message.sequence_number, None)
        self._store.unlock(message)

    def pump(self, session: Session) -> None:
        """Hands a session's messages to its receiver."""
        while (consumer := session.consumer) and session.backlog and consumer.ready:
            if message := session.backlog.take():
                hand_over(message, consumer, self, self._store)

    def leave(self, session: Session) -> None:
        """Releases a session that its receiver gives up: nothing was tried, so delivery counts stay as they are.

        https://learn.microsoft.com/azure/service-bus-messaging/message-sessions#message-delivery-count
        """
        self._end(session, self._given_up)

    def _expired(self, session: Session) -> None:
        holder = session.holder
        self._end(session, self._lock_ended)
        if holder is not None:
            holder.session_lock_lost()

    def _end(self, session: Session, give_back: Callable[[BrokeredMessage], None]) -> None:
        # The session stays locked until all its messages are back: the next receiver would otherwise get those that
        # were never locked before those that return.
        session.consumer = None
        for message in sorted(session.locked.values(), key=lambda message: message.sequence_number):
            give_back(message)
        self.sessions.release(session)
        self.sessions.changed(session)

    def _session(self, message: BrokeredMessage) -> Session:
        # A message without a session id is refused before it gets here.
        return self.sessions.session(message.session_id or "")


class SessionSeat:
    """A receiver's place at the session that it has locked."""

    def __init__(self, access: SessionAccess, session: Session, receiver: SessionReceiver) -> None:
        self._access = access
        self._session = session
        self._receiver = receiver

    @property
    def session_id(self) -> str:
        """Names the session."""
        return self._session.session_id

    @property
    def locked_until(self) -> datetime:
        """Says when the lock expires."""
        return self._session.held_by(self._receiver.name).until

    def pump(self) -> None:
        """Hands over what the receiver is ready for."""
        if self._session.holder is self._receiver:
            self._access.pump(self._session)

    def leave(self) -> None:
        """Gives the session up, if it was not lost before."""
        if self._session.holder is self._receiver:
            self._access.leave(self._session)
