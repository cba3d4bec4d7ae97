"""Takes one message through its function: what the function sees, the invocation, the settlement."""

import logging
from contextlib import nullcontext
from dataclasses import dataclass

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver

from local.host import message_metadata, trace_context
from local.host.bindings import Function, ServiceBusTrigger
from local.host.host_json import ServiceBusOptions
from local.host.invocation import Invocation, Invoker
from local.host.lock_renewal import MessageLock, renewing, session_of
from local.host.settle import settle, settlement_of
from shared.messages.decode import told_name

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MessageCall:
    """Calls one function for messages, and settles them by its result."""

    function: Function
    trigger: ServiceBusTrigger
    invoker: Invoker
    options: ServiceBusOptions

    async def __call__(self, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> None:
        """Runs the function for a message and settles it."""
        # A session's lock is renewed by whoever holds the session, over all its messages.
        longest = self.options.max_auto_lock_renewal_duration
        async with nullcontext() if session_of(receiver) else renewing(MessageLock(receiver, message), longest):
            succeeded = await self._invoke(receiver, message)
        auto_complete = self.trigger.auto_complete
        if auto_complete is None:
            auto_complete = self.options.auto_complete_messages
        await settle(receiver, message, settlement_of(succeeded=succeeded, auto_complete=auto_complete))

    async def _invoke(self, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> bool:
        try:
            invocation = self._invocation(receiver, message)
        except Exception as fault:  # noqa: BLE001 - whatever a message holds, it must not end the listener
            name = told_name(message.message_id or "")
            _log.error("Message %r cannot be bound to function %s: %s", name, self.function.name, fault)
            return False
        return await self.invoker.invoke(invocation)

    def _invocation(self, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> Invocation:
        session = session_of(receiver)
        metadata = message_metadata.trigger_metadata(
            message, receiver.fully_qualified_namespace, session.locked_until_utc if session else None
        )
        return Invocation(
            self.function,
            message_metadata.body(message, as_bytes=self.trigger.body_as_bytes),
            metadata,
            trace_context.of_message(message_metadata.application_properties(message)),
            f", MessageId={told_name(message.message_id or '')!r}, DeliveryCount={metadata['DeliveryCount'].value}",
        )
