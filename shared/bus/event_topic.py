"""The event sink on a Service Bus topic. The output binding cannot set a MessageId, so the SDK sends."""

from azure.servicebus import ServiceBusMessage

from shared.bus.sender import SharedSender, bus_properties
from shared.messages.completion_event import CONTENT_TYPE, CompletionEvent


class EventTopic:
    """Publishes completion events."""

    def __init__(self, sender: SharedSender) -> None:
        self._sender = sender

    async def publish(self, event: CompletionEvent) -> None:
        """Sends an event under its id, by which the topic detects copies. Raises BusUnavailableError."""
        await self._sender.send(
            ServiceBusMessage(
                event.body,
                message_id=event.message_id,
                content_type=CONTENT_TYPE,
                application_properties=bus_properties(event.application_properties),
            )
        )
