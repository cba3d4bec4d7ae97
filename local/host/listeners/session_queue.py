"""Listens on a queue or subscription with sessions: many sessions at a time, one message at a time in each."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final

from azure.servicebus import NEXT_AVAILABLE_SESSION
from azure.servicebus.aio import ServiceBusReceiver
from azure.servicebus.exceptions import OperationTimeoutError, ServiceBusError, SessionLockLostError

from local.host.host_json import ServiceBusOptions
from local.host.listeners.outage import Outage
from local.host.listeners.service_bus import Handle, Source, close, refers_to_sessions
from local.host.listeners.stop_signal import StopSignal
from local.host.lock_renewal import SessionLock, renewing
from local.serving import CannotStartError

_log = logging.getLogger(__name__)

# Service Bus lets nobody wait longer than 65 s for a session, whatever they ask for.
_ACCEPT_SECONDS: Final = 60


class SessionListener:
    """maxConcurrentSessions loops, each of which accepts a session, serves it until it is idle, and lets it go."""

    def __init__(self, source: Source, handle: Handle, stop: StopSignal, options: ServiceBusOptions) -> None:
        self._source = source
        self._handle = handle
        self._stop = stop
        self._options = options
        self._outage = Outage(source.function)
        self._closing: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Makes sure that the entity is there and has sessions. Raises CannotStartError.

        Accepting a session says nothing until there is one. A receiver without a session is answered at once: it is
        refused if all is well.
        """
        probe = self._source.receiver()
        try:
            await self._source.open(probe)
        except CannotStartError as fault:
            if not refers_to_sessions(fault.__cause__):
                raise
        else:
            reason = f"its trigger wants sessions, but {self._source.entity} has none"
            raise self._source.cannot_listen(reason)
        finally:
            await close(probe)

    async def run(self) -> None:
        """Listens until the stop signal, and then until the invocations that run have ended."""
        async with asyncio.TaskGroup() as loops:
            for _ in range(self._options.max_concurrent_sessions):
                loops.create_task(self._serve_sessions())
        await asyncio.gather(*self._closing)

    async def _serve_sessions(self) -> None:
        while not self._stop.is_set():
            receiver = self._source.receiver(session=NEXT_AVAILABLE_SESSION, accept_seconds=_ACCEPT_SECONDS)
            try:
                if await self._stop.unless_set(receiver.__aenter__()):
                    self._outage.over()
                    await self._serve(receiver)
            except OperationTimeoutError:
                # No session had a message: Service Bus answered, and is asked again.
                self._outage.over()
            except SessionLockLostError:
                _log.warning(
                    "Function %s lost the lock of session %r", self._source.function, receiver.session.session_id
                )
            except ServiceBusError as fault:
                await self._stop.unless_set(asyncio.sleep(self._outage.lost(fault)))
            finally:
                self._in_background(close(receiver))

    async def _serve(self, receiver: ServiceBusReceiver) -> None:
        # As in .NET the limit counts from the acceptance of the session, not from each of its messages.
        async with renewing(SessionLock(receiver.session), self._options.max_auto_lock_renewal_duration):
            while received := await self._stop.unless_set(
                receiver.receive_messages(max_message_count=1, max_wait_time=self._options.session_idle_seconds)
            ):
                await self._handle(receiver, received[0])

    def _in_background(self, closing: Coroutine[Any, Any, None]) -> None:
        """Lets go of a session without a wait: the SDK releases it at once, and then takes up to 1 s to close."""
        task = asyncio.create_task(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
