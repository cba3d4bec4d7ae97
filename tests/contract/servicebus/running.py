"""A broker in a thread of its own, so that blocking clients and asynchronous ones can use it alike."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from local.servicebus.clock import Clock, ManualClock
from local.servicebus.entities.filters import CorrelationFilter
from local.servicebus.entities.message import Transit
from local.servicebus.entities.settings import NamespaceSettings, QueueSettings, SubscriptionSettings, TopicSettings
from local.servicebus.server import Broker, running_broker

LOCK_SECONDS = 30
MAX_DELIVERIES = 3
WINDOW_SECONDS = 60
SHORT_LIFE_SECONDS = 20
# The SDK's lock renewer goes by the real time, and so does its test.
BRIEF_LOCK_SECONDS = 1

_LOCK = timedelta(seconds=LOCK_SECONDS)
_WINDOW = timedelta(seconds=WINDOW_SECONDS)
_SHORT_LIFE = timedelta(seconds=SHORT_LIFE_SECONDS)
_CHANGED = CorrelationFilter(properties={"outcome": "changed"})
_URGENT = CorrelationFilter(label="urgent")

SETTINGS = NamespaceSettings(
    queues={
        "plain": QueueSettings(_LOCK, MAX_DELIVERIES),
        "sessions": QueueSettings(_LOCK, MAX_DELIVERIES, requires_session=True),
        "unique": QueueSettings(_LOCK, duplicate_window=_WINDOW),
        "short-lived": QueueSettings(_LOCK, default_time_to_live=_SHORT_LIFE, dead_letter_on_expiration=True),
        "forwarding": QueueSettings(_LOCK, forward_to="plain"),
        "hopeless": QueueSettings(_LOCK, MAX_DELIVERIES, forward_dead_letters_to="plain"),
        "brief-locks": QueueSettings(timedelta(seconds=BRIEF_LOCK_SECONDS)),
        "brief-sessions": QueueSettings(timedelta(seconds=BRIEF_LOCK_SECONDS), requires_session=True),
    },
    topics={
        "events": TopicSettings(
            duplicate_window=_WINDOW,
            subscriptions={
                "all": SubscriptionSettings(QueueSettings(_LOCK)),
                "changed": SubscriptionSettings(QueueSettings(_LOCK), {"changed": _CHANGED, "urgent": _URGENT}),
                "by-user": SubscriptionSettings(QueueSettings(_LOCK, requires_session=True)),
            },
        )
    },
)


class BrokerThread:
    """What tests do with a running broker from outside its thread."""

    def __init__(self, broker: Broker, clock: Clock, loop: asyncio.AbstractEventLoop) -> None:
        self.port = broker.port
        self.connection_string = broker.connection_string
        self._broker = broker
        self._clock = clock
        self._loop = loop

    def move(self, seconds: float) -> None:
        """Lets the broker's time pass."""
        clock = self._clock
        assert isinstance(clock, ManualClock)
        self._call(lambda: clock.move(seconds))

    def after(self, seconds: float) -> datetime:
        """Gives a time to come, as the broker's clock has it."""
        return self._clock.now() + timedelta(seconds=seconds)

    def put(self, entity: str, *transits: Transit) -> None:
        """Puts messages into an entity without a client, which would need a second for it."""
        self._call(lambda: self._broker.namespace.entity(entity).intake.send(transits))

    def messages(self, entity: str) -> int:
        """Counts the messages that an entity has."""
        return self._call(lambda: len(self._broker.namespace.entity(entity).store))

    def drop_connections(self) -> None:
        """Lets the broker close every connection."""
        self._call(self._broker.drop_connections)

    @property
    def connections(self) -> int:
        """Counts the clients."""
        return self._call(lambda: self._broker.connection_count)

    @property
    def tasks(self) -> int:
        """Counts the broker's tasks, the one that serves included."""
        return self._call(lambda: len(asyncio.all_tasks(self._loop)))

    def _call[T](self, function: Callable[[], T]) -> T:
        async def call() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(10)


@contextmanager
def broker_in_thread(clock: Clock, idle_timeout: float = 240.0) -> Iterator[BrokerThread]:
    """Runs a broker for the length of a block."""
    running: list[BrokerThread] = []
    started, stopped = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with running_broker(SETTINGS, clock=clock, idle_timeout=idle_timeout) as broker:
            running.append(BrokerThread(broker, clock, asyncio.get_running_loop()))
            started.set()
            await stopped.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert started.wait(10)
    try:
        yield running[0]
    finally:
        running[0]._loop.call_soon_threadsafe(stopped.set)  # noqa: SLF001 - the class and this function are one
        thread.join(10)
        assert not thread.is_alive()
