"""Listens on a queue or subscription without sessions, or on a dead-letter queue: many calls at a time, one link."""

import asyncio
from typing import Final

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver
from azure.servicebus.exceptions import ServiceBusError

from local.host.host_json import ServiceBusOptions
from local.host.listeners.outage import Outage
from local.host.listeners.service_bus import Handle, Source, close
from local.host.listeners.stop_signal import StopSignal

# An idle receive is asked for anew this often; a message or the stop signal ends it at once.
_RECEIVE_SECONDS: Final = 60


class QueueListener:
    """One receiver, of which up to maxConcurrentCalls messages are in hand at a time."""

    def __init__(self, source: Source, handle: Handle, stop: StopSignal, options: ServiceBusOptions) -> None:
        self._source = source
        self._handle = handle
        self._stop = stop
        self._free = asyncio.Semaphore(options.max_concurrent_calls)
        self._calls: set[asyncio.Task[None]] = set()
        self._outage = Outage(source.function)
        self._receiver = source.receiver()

    async def open(self) -> None:
        """Opens the link. Raises CannotStartError."""
        await self._source.open(self._receiver)

    async def run(self) -> None:
        """Listens until the stop signal, and then until the invocations that run have ended."""
        while not self._stop.is_set():
            try:
                await self._receiver.__aenter__()
                self._outage.over()
                await self._receive()
                # Settling needs the link, so it stays open for the calls that still run.
                await self._calls_ended()
            except ServiceBusError as fault:
                # The calls that run go on; what they settle is refused, and their messages come back.
                await self._stop.unless_set(asyncio.sleep(self._outage.lost(fault)))
            finally:
                await close(self._receiver)
            self._receiver = self._source.receiver()
        await self._calls_ended()

    async def _receive(self) -> None:
        # One message at a time: of a batch, cancelling the receive would drop those that had already come.
        while await self._stop.unless_set(self._free.acquire()):
            received = None
            try:
                received = await self._stop.unless_set(
                    self._receiver.receive_messages(max_message_count=1, max_wait_time=_RECEIVE_SECONDS)
                )
            finally:
                if not received:
                    self._free.release()
            for message in received or ():
                call = asyncio.create_task(self._call(self._receiver, message))
                self._calls.add(call)
                call.add_done_callback(self._calls.discard)

    async def _call(self, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> None:
        try:
            await self._handle(receiver, message)
        finally:
            self._free.release()

    async def _calls_ended(self) -> None:
        await asyncio.gather(*self._calls)
