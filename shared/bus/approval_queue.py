"""The approval queue, as a second person's command sends to it."""

from azure.servicebus import ServiceBusMessage

from shared.bus.sender import SharedSender
from shared.messages.approval import Approval


class ApprovalQueue:
    """Sends approvals."""

    def __init__(self, sender: SharedSender) -> None:
        self._sender = sender

    async def send(self, approval: Approval) -> None:
        """Sends an approval under its id. Raises BusUnavailableError."""
        body = approval.model_dump_json(by_alias=True)
        await self._sender.send(
            ServiceBusMessage(body, message_id=approval.approval_id, content_type="application/json")
        )
