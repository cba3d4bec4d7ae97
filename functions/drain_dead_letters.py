"""Dead-lettered change requests: each gets its outcome and is parked for a person."""

import azure.functions as func

from functions.received import received
from functions.watched import delivery
from shared.composition import application, configuration

bp = func.Blueprint()
# Under the host, `message.dead_letter_reason` is always None: the reason is an application property.
_REASON = "DeadLetterReason"
_DEAD_LETTERS = "$deadletterqueue"


@bp.function_name(name="drain_dead_letters")
@bp.service_bus_queue_trigger(
    arg_name="message",
    connection="ServiceBusConnection",
    queue_name="%REQUEST_QUEUE%/$deadletterqueue",
    is_sessions_enabled=False,
    data_type=func.DataType.BINARY,
)
async def drain_dead_letters(message: func.ServiceBusMessage, context: func.Context) -> None:
    """Ends a request that the broker gave up on."""
    reason = (message.application_properties or {}).get(_REASON, "")
    queue = f"{configuration().settings.request_queue}/{_DEAD_LETTERS}"
    with delivery(message, context, queue):
        await application().receipts.received(queue, message.sequence_number or 0)
        await application().dead_letters.handle(received(message, context), str(reason))
