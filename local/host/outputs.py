"""Sends what functions put into their Service Bus outputs: a body and nothing else, as in Azure."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusSender
from azure.servicebus.exceptions import ServiceBusError

from local.host.bindings import ServiceBusOutput
from local.host.connections import Connections
from local.host.protos import InvocationResponse, TypedData
from local.host.trace_context import TraceContext

_log = logging.getLogger(__name__)


class OutputSender:
    """The senders of all outputs, each made when it is first needed."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._senders: dict[ServiceBusOutput, ServiceBusSender] = {}
        # One link carries one send at a time; what waits here waits for less than a round trip.
        self._sending = asyncio.Lock()

    async def send(
        self, outputs: Sequence[ServiceBusOutput], response: InvocationResponse, trace: TraceContext
    ) -> str | None:
        """Sends the outputs of an invocation. Returns what went wrong: the invocation has failed then."""
        values = _values(response)
        for output in outputs:
            value = values.get(output.parameter)
            if value is None or value.kind is None:
                continue
            async with self._sending:
                try:
                    await self._sender(output).send_messages(_message(value, trace))
                except (ServiceBusError, ValueError) as fault:
                    await self._discard(output)
                    return f"the output {output.parameter} could not be sent to {output.entity}: {type(fault).__name__}"
        return None

    def _sender(self, output: ServiceBusOutput) -> ServiceBusSender:
        if output not in self._senders:
            self._senders[output] = self._connections.sender(output.connection, output.entity)
        return self._senders[output]

    async def _discard(self, output: ServiceBusOutput) -> None:
        try:
            await self._senders.pop(output).close()
        except ServiceBusError as fault:
            _log.debug("A broken sender did not close: %s", type(fault).__name__)


def _values(response: InvocationResponse) -> Mapping[str, TypedData | None]:
    return {binding.name: binding.data for binding in response.output_data} | {"$return": response.return_value}


def _message(value: TypedData, trace: TraceContext) -> ServiceBusMessage:
    content_type = "application/octet-stream" if value.kind == "bytes" else "text/plain"
    return ServiceBusMessage(
        value.value, content_type=content_type, application_properties={"Diagnostic-Id": trace.parent}
    )
