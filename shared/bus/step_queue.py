"""The queue of the sweep's steps, as the app sends to it; who sends there decides what is done next."""

from datetime import timedelta

from azure.servicebus import ServiceBusMessage

from shared.bus.sender import SharedSender
from shared.ports import Clock
from shared.sweep.words import StepMessage


class BusStepQueue:
    """Sends steps."""

    def __init__(self, sender: SharedSender, clock: Clock) -> None:
        self._sender = sender
        self._clock = clock

    async def send(self, message: StepMessage, delay: timedelta = timedelta(0)) -> None:
        """Sends a step under its MessageId, by which the queue drops copies. Raises BusUnavailableError."""
        await self._sender.send(
            ServiceBusMessage(
                message.model_dump_json(),
                message_id=message.message_id,
                session_id=message.session_id,
                content_type="application/json",
                scheduled_enqueue_time_utc=self._clock.now() + delay if delay else None,
            )
        )
