"""Receivers of sessions: which session they want, and the answer to their attach once they have it."""

from dataclasses import replace
from datetime import timedelta

from local.servicebus.amqp.performatives import Attach, Source
from local.servicebus.amqp.times import to_ticks
from local.servicebus.amqp.types import Described, Symbol, Value
from local.servicebus.carrier import Carrier
from local.servicebus.clock import Appointment, Clock
from local.servicebus.entities.errors import NoSessionError
from local.servicebus.entities.session_access import SessionAccess, SessionSeat
from local.servicebus.entity_links import EntityReceiver
from local.servicebus.replies import accepting, refuse

_FILTER = Symbol("com.microsoft:session-filter")
_LOCKED_UNTIL = Symbol("com.microsoft:locked-until-utc")
_TIMEOUT = Symbol("com.microsoft:timeout")
# Service Bus waits no longer than this, whatever the client says.
LONGEST_WAIT = timedelta(seconds=65)


def demands_session(source: Source) -> bool:
    """Says whether a receiver wants to receive from a session."""
    return _FILTER in (source.filters or {})


class SessionAttachment:
    """An attach that is answered when its session is locked; until then it is the receiver's place at the entity."""

    def __init__(
        self, session: Carrier, attach: Attach, receiver: EntityReceiver, access: SessionAccess, clock: Clock
    ) -> None:
        self._session = session
        self._attach = attach
        self._receiver = receiver
        self._access = access
        self._clock = clock
        self._end: Appointment | None = None

    def start(self, source: Source) -> None:
        """Locks the session that the source names, or waits for any.

        Raises SessionCannotBeLockedError.
        """
        wanted = _plain((source.filters or {}).get(_FILTER))
        if wanted is not None:
            self._accepted(self._access.accept(str(wanted), self._receiver))
            return
        self._receiver.seat = self
        self._end = self._clock.call_at(self._clock.now() + self._longest_wait(), self._time_is_over)
        self._access.accept_next(self._receiver, self._accepted)

    def pump(self) -> None:
        """Has nothing to hand over."""

    def leave(self) -> None:
        """Stops waiting."""
        self._access.give_up(self._receiver)
        if self._end is not None:
            self._end.cancel()

    def _accepted(self, seat: SessionSeat) -> None:
        self.leave()
        self._receiver.seat = seat
        answer = accepting(self._attach)
        source = self._attach.source or Source()
        answer.source = replace(source, filters={**(source.filters or {}), _FILTER: seat.session_id})
        answer.properties = {_LOCKED_UNTIL: to_ticks(seat.locked_until)}
        self._session.send(answer)
        seat.pump()

    def _time_is_over(self) -> None:
        refuse(self._session, self._attach, NoSessionError())

    def _longest_wait(self) -> timedelta:
        told = (self._attach.properties or {}).get(_TIMEOUT)
        longest = LONGEST_WAIT // timedelta(milliseconds=1)
        # Compared as numbers: a timedelta cannot hold all that a client can write.
        return timedelta(milliseconds=min(told, longest)) if isinstance(told, int) else LONGEST_WAIT


def _plain(value: Value) -> Value:
    # The SDK writes the filter's value plainly; the specification of filters wants it described.
    return value.value if isinstance(value, Described) else value
