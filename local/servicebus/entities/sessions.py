"""Sessions: one receiver at a time, in order; https://learn.microsoft.com/azure/service-bus-messaging/message-sessions."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from local.servicebus.clock import Clock
from local.servicebus.entities.backlog import Backlog
from local.servicebus.entities.consumers import Consumer
from local.servicebus.entities.errors import SessionCannotBeLockedError, SessionLockLostError
from local.servicebus.entities.locks import Term

if TYPE_CHECKING:
    from local.servicebus.entities.message import BrokeredMessage


class SessionReceiver(Consumer, Protocol):
    """A consumer that locks a session."""

    @property
    def name(self) -> str:
        """Names its link; with this name its management requests identify themselves."""

    def session_lock_lost(self) -> None:
        """Hears that the lock has expired."""


class Session:
    """What an entity knows about a session."""

    def __init__(self, session_id: str) -> None:
        self.session_id = session_id
        self.backlog = Backlog()
        self.locked: dict[int, BrokeredMessage] = {}
        self.holder: SessionReceiver | None = None
        self.consumer: Consumer | None = None
        self.term: Term | None = None
        self.state: bytes | None = None
        self.state_set_at: datetime | None = None

    @property
    def available(self) -> bool:
        """Says whether the next receiver that takes any session may get this one."""
        return self.holder is None and bool(self.backlog)

    @property
    def idle(self) -> bool:
        """Says whether nothing would be lost if the session were forgotten."""
        return self.holder is None and not self.backlog and self.state is None

    def held_by(self, name: str | None) -> Term:
        """Gives the lock's term to a holder that gives its name; no name is taken for any.

        Raises SessionLockLostError.
        """
        if self.term is None or self.holder is None or name not in (None, self.holder.name):
            raise SessionLockLostError
        return self.term


class Sessions:
    """Finds sessions and locks them."""

    def __init__(self, clock: Clock, lock_duration: timedelta, on_expired: Callable[[Session], None]) -> None:
        self._clock = clock
        self._lock_duration = lock_duration
        self._on_expired = on_expired
        self._sessions: dict[str, Session] = {}
        # First come, first served: a session that still has messages when it is released goes to the end.
        self._available: dict[str, Session] = {}
        self._waiters: dict[int, tuple[SessionReceiver, Callable[[Session], None]]] = {}

    def all(self) -> Iterable[Session]:
        """Gives every session that is known."""
        return self._sessions.values()

    def session(self, session_id: str) -> Session:
        """Gives a session, new if it was not known."""
        return self._sessions.setdefault(session_id, Session(session_id))

    def held(self, session_id: str, holder: str | None) -> Session:
        """Gives a session that a holder has locked.

        Raises SessionLockLostError.
        """
        session = self._sessions.get(session_id)
        if session is None:
            raise SessionLockLostError
        session.held_by(holder)
        return session

    def accept(self, session_id: str, holder: SessionReceiver) -> Session:
        """Locks one session, with or without messages.

        Raises SessionCannotBeLockedError.
        """
        session = self.session(session_id)
        if session.holder is not None:
            raise SessionCannotBeLockedError
        self._lock(session, holder)
        return session

    def accept_next(self, receiver: SessionReceiver, on_session: Callable[[Session], None]) -> None:
        """Locks a session that has messages to receive, now or once there is one, and tells the receiver."""
        self._waiters[id(receiver)] = (receiver, on_session)
        self._serve()

    def give_up(self, receiver: SessionReceiver) -> None:
        """Takes a receiver that waits for any session out of the line."""
        self._waiters.pop(id(receiver), None)

    def changed(self, session: Session) -> None:
        """Looks at a session whose messages or lock have changed."""
        if session.available:
            self._available.setdefault(session.session_id, session)
            self._serve()
            return
        self._available.pop(session.session_id, None)
        if session.idle:
            self._sessions.pop(session.session_id, None)

    def release(self, session: Session) -> None:
        """Takes the lock off."""
        if session.term is not None:
            session.term.cancel()
        session.term = session.holder = session.consumer = None

    def set_state(self, session: Session, state: bytes | None) -> None:
        """Keeps an application's own notes about a session."""
        session.state, session.state_set_at = state, self._clock.now()

    def _lock(self, session: Session, holder: SessionReceiver) -> None:
        self._available.pop(session.session_id, None)
        session.holder = session.consumer = holder
        session.term = Term(self._clock, self._lock_duration, lambda: self._on_expired(session))

    def _serve(self) -> None:
        while self._waiters and self._available:
            receiver, on_session = self._waiters.pop(next(iter(self._waiters)))
            session = next(iter(self._available.values()))
            self._lock(session, receiver)
            on_session(session)
