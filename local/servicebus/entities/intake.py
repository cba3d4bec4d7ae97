"""What happens to a message at an entity's door: refused, dropped as a duplicate, kept for later, or taken."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from local.servicebus.clock import Clock
from local.servicebus.entities.duplicates import DuplicateWindow
from local.servicebus.entities.errors import ArgumentError, NotAllowedError
from local.servicebus.entities.message import Transit
from local.servicebus.entities.schedule import Schedule
from local.servicebus.entities.store import MessageStore
from local.servicebus.entities.traffic import Metric, Traffic

_LONGEST_ID = 128


class Intake:
    """The door of an entity."""

    def __init__(  # noqa: PLR0913 - one keyword per thing that the door depends on
        self,
        clock: Clock,
        store: MessageStore,
        take: Callable[[Transit], None],
        *,
        traffic: Traffic,
        duplicate_window: timedelta | None,
        requires_session: bool = False,
    ) -> None:
        self._clock = clock
        self._store = store
        self._take = take
        self._traffic = traffic
        self._requires_session = requires_session
        self._duplicates = DuplicateWindow(clock, duplicate_window) if duplicate_window else None
        self._schedule = Schedule(clock, store, take)

    def send(self, transits: Sequence[Transit]) -> None:
        """Takes messages, all or none; each is enqueued now or at its time, unless it is a duplicate.

        Raises NotAllowedError and ArgumentError.
        """
        self._checked_in(transits)
        for transit in transits:
            if not self._is_duplicate(transit):
                self._take_or_schedule(transit)

    def schedule(self, transits: Sequence[Transit]) -> list[int]:
        """Takes messages for later and gives the numbers with which they can be cancelled.

        Raises NotAllowedError and ArgumentError.
        """
        self._checked_in(transits)
        return [self._scheduled(transit) for transit in transits]

    def cancel(self, numbers: Iterable[int]) -> None:
        """Forgets scheduled messages, all or none.

        Raises MessageNotFoundError.
        """
        self._schedule.cancel(numbers)

    def _checked_in(self, transits: Sequence[Transit]) -> None:
        for transit in transits:
            if self._requires_session and not transit.session_id:
                message = "The entity requires a session id, and the message has none."
                raise NotAllowedError(message)
            if max(len(transit.session_id or ""), len(transit.message_id or "")) > _LONGEST_ID:
                message = f"Message ids and session ids have at most {_LONGEST_ID} characters."
                raise ArgumentError(message)
        self._traffic.note(Metric.INCOMING, len(transits))

    def _is_duplicate(self, transit: Transit) -> bool:
        return self._duplicates is not None and self._duplicates.is_duplicate(transit.message_id)

    def _take_or_schedule(self, transit: Transit) -> None:
        when = transit.scheduled_for
        if when is not None and when > self._clock.now():
            self._schedule.add(transit, when)
        else:
            self._take(transit)

    def _scheduled(self, transit: Transit) -> int:
        if self._is_duplicate(transit):
            # It is accepted and dropped like any duplicate; the number leads nowhere.
            return self._store.next_number()
        return self._schedule.add(transit, transit.scheduled_for or self._clock.now())
