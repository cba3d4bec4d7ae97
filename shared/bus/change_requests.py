"""The queue of change requests, as the sweep sends to it: like any producer, with no more right than one."""

from azure.servicebus import ServiceBusMessage

from shared.bus.sender import SharedSender
from shared.sweep.words import RequestMessage


class ChangeRequestQueue:
    """Sends change requests."""

    def __init__(self, sender: SharedSender) -> None:
        self._sender = sender

    async def send(self, request: RequestMessage) -> None:
        """Sends a request under its id, in its user's session. Raises BusUnavailableError."""
        await self._sender.send(
            ServiceBusMessage(
                request.body,
                message_id=request.message_id,
                session_id=request.session_id,
                content_type="application/json",
            )
        )
