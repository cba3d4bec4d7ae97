"""Puts the host together: host.json, settings, the worker, one listener per function; and takes it apart in order."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from azure.servicebus import TransportType

from local.host.app_settings import in_environment, read_settings_file
from local.host.bindings import Function, ServiceBusTrigger, TimerTrigger, names_with_retry_policy, read_function
from local.host.connections import Connections
from local.host.host_json import HostOptions, read_host_json
from local.host.invocation import Invoker
from local.host.listeners import Listener
from local.host.listeners.queue import QueueListener
from local.host.listeners.service_bus import Source
from local.host.listeners.session_queue import SessionListener
from local.host.listeners.stop_signal import StopSignal
from local.host.listeners.timer import TimerListener
from local.host.message_call import MessageCall
from local.host.outputs import OutputSender
from local.host.schedule_monitor import ScheduleMonitor
from local.host.worker import Worker, running_worker

_log = logging.getLogger(__name__)

# As long as a .NET host waits for what runs when it is told to stop (HostOptions.ShutdownTimeout).
STOP_GRACE_SECONDS: Final = 30.0

_TRANSPORTS = {"amqpTcp": TransportType.Amqp, "amqpWebSockets": TransportType.AmqpOverWebsocket}


@dataclass(frozen=True)
class RunningHost:
    """A host whose listeners run."""

    function_names: tuple[str, ...]
    listening: Sequence[asyncio.Task[None]]
    """One task per function; none of them ends before the host stops, unless there is a bug in it."""
    worker: Worker


@asynccontextmanager
async def running_host(
    app_dir: Path | str,
    settings: Mapping[str, str] | Path | None = None,
    *,
    stop_grace_seconds: float = STOP_GRACE_SECONDS,
) -> AsyncIterator[RunningHost]:
    """Runs the function app in a directory until the block ends; one per process, because the worker takes one app.

    `settings` are a settings file or its values; the environment wins over them. Raises CannotStartError. At the end no
    more messages are taken, running invocations get `stop_grace_seconds` to finish, and what remains is cancelled.
    """
    app_dir = Path(app_dir)
    options = read_host_json(app_dir)
    values = read_settings_file(settings) if isinstance(settings, Path) else settings or {}
    with in_environment(values) as environment:
        transport = _TRANSPORTS[options.service_bus.transport_type]
        async with Connections(environment, transport) as connections, running_worker(app_dir) as (worker, found):
            if retried := names_with_retry_policy(found):
                _log.warning("Retry policies are not played here; nobody retries %s", ", ".join(retried))
            functions = [read_function(metadata, environment) for metadata in found]
            stop = StopSignal()
            listeners = _Assembly(options, connections, worker, stop).listeners(functions)
            await _open(listeners)
            tasks = [asyncio.create_task(listener.run()) for listener in listeners]
            try:
                yield RunningHost(tuple(function.name for function in functions), tasks, worker)
            finally:
                stop.set()
                await _wait_for(tasks, stop_grace_seconds)


class _Assembly:
    """Makes the listeners and what they share."""

    def __init__(self, options: HostOptions, connections: Connections, worker: Worker, stop: StopSignal) -> None:
        self._options = options.service_bus
        self._connections = connections
        self._invoker = Invoker(worker, OutputSender(connections), options.function_timeout)
        self._monitor = ScheduleMonitor()
        self._stop = stop

    def listeners(self, functions: Sequence[Function]) -> list[Listener]:
        """Makes one listener per function. Raises CannotStartError for a connection that is not set, too."""
        for output in (output for function in functions for output in function.outputs):
            self._connections.client(output.connection)
        return [self._listener(function) for function in functions]

    def _listener(self, function: Function) -> Listener:
        match function.trigger:
            case TimerTrigger() as timer:
                return TimerListener(function, timer, self._invoker, self._stop, self._monitor)
            case ServiceBusTrigger() as trigger:
                return self._service_bus_listener(function, trigger)

    def _service_bus_listener(self, function: Function, trigger: ServiceBusTrigger) -> Listener:
        options = self._options
        source = Source(function.name, trigger.connection, trigger.entity, options.prefetch_count, self._connections)
        call = MessageCall(function, trigger, self._invoker, options)
        if not trigger.sessions:
            return QueueListener(source, call, self._stop, options)
        return SessionListener(source, call, self._stop, options)


async def _open(listeners: Sequence[Listener]) -> None:
    """Opens all listeners at the same time, waits for every one, and raises what the first of them raised."""
    for outcome in await asyncio.gather(*(listener.open() for listener in listeners), return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def _wait_for(tasks: Sequence[asyncio.Task[None]], seconds: float) -> None:
    _, late = await asyncio.wait(tasks, timeout=seconds)
    if late:
        _log.warning("Functions that still ran after %g s are cancelled; their messages come back", seconds)
    for task in late:
        task.cancel()
    await asyncio.wait(tasks)
