"""One invocation: the request to the worker, the time limit, the outputs, and the line in the log."""

import asyncio
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from local.host import protos
from local.host.bindings import Function
from local.host.dotnet import format_timespan
from local.host.outputs import OutputSender
from local.host.trace_context import TraceContext
from local.host.worker import Worker

_log = logging.getLogger(__name__)

_FRAME = re.compile(r'^ *File "(?P<directory>.*/)?(?P<file>[^"/]+)", line (?P<line>\d+)', re.MULTILINE)


@dataclass(frozen=True)
class Invocation:
    """What a trigger hands to its function."""

    function: Function
    data: protos.TypedData
    trigger_metadata: Mapping[str, protos.TypedData]
    trace: TraceContext
    log_facts: str = ""
    """What the log says of it beside the function and the result; never a body or a property's value."""
    invocation_id: str = field(default_factory=lambda: str(uuid4()))

    def request(self) -> protos.InvocationRequest:
        """Builds the worker's request."""
        parameter = protos.ParameterBinding(self.function.trigger.parameter, self.data)
        trace = protos.RpcTraceContext(self.trace.parent, self.trace.state)
        return protos.InvocationRequest(
            self.invocation_id, self.function.function_id, [parameter], self.trigger_metadata, trace
        )


class Invoker:
    """Invokes functions of the app, each bounded by functionTimeout (None: unbounded)."""

    def __init__(self, worker: Worker, outputs: OutputSender, timeout: timedelta | None) -> None:
        self._worker = worker
        self._outputs = outputs
        self._timeout = timeout

    async def invoke(self, invocation: Invocation) -> bool:
        """Runs a function and sends its outputs. Says whether both succeeded; never raises what the function raised."""
        started = time.monotonic()
        fault = await self._fault_of(invocation)
        milliseconds = round((time.monotonic() - started) * 1000)
        facts = f"Id={invocation.invocation_id}, Duration={milliseconds}ms{invocation.log_facts}"
        if fault is None:
            _log.info("Executed '%s' (Succeeded, %s)", invocation.function.name, facts)
        else:
            _log.error("Executed '%s' (Failed, %s): %s", invocation.function.name, facts, fault)
        return fault is None

    async def _fault_of(self, invocation: Invocation) -> str | None:
        try:
            async with asyncio.timeout(self._timeout.total_seconds() if self._timeout else None) as limit:
                response = await self._worker.invoke(invocation.request())
        except TimeoutError:
            # Azure's host ends the whole worker process here. This one gives the function up: it is cancelled at its
            # next await, and a sync one goes on in its thread without anybody who waits for it.
            if limit.expired() and self._timeout:
                return f"Timeout value of {format_timespan(self._timeout)} was exceeded"
            raise
        if response.result.status != protos.StatusResult.Success:
            return describe(response.result.exception)
        return await self._outputs.send(invocation.function.outputs, response, invocation.trace)


def describe(exception: protos.RpcException) -> str:
    """Names the exception and the place, not its message: an app's may repeat what was in the message's body."""
    _log.debug("The function raised:\n%s", exception.stack_trace)
    frames = list(_FRAME.finditer(exception.stack_trace))
    if frames and frames[-1]["directory"].endswith("azure_functions_runtime/"):
        return exception.message
    name = exception.message.partition(":")[0]
    return f"{name} at {frames[-1]['file']}:{frames[-1]['line']}" if frames else name
