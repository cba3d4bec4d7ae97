"""Approvals from their own queue, whose Send right no producer has: they let held requests go on, or cancel them."""

import azure.functions as func

from functions.received import received
from functions.watched import delivery
from shared.composition import application, configuration

bp = func.Blueprint()


@bp.function_name(name="decide_hold")
@bp.service_bus_queue_trigger(
    arg_name="message",
    connection="ServiceBusConnection",
    queue_name="%APPROVAL_QUEUE%",
    is_sessions_enabled=False,
    # As in process_change: a body that is kept for a person must be the one that was sent.
    data_type=func.DataType.BINARY,
)
async def decide_hold(message: func.ServiceBusMessage, context: func.Context) -> None:
    """Answers one approval; once more does no harm."""
    queue = configuration().settings.approval_queue
    with delivery(message, context, queue):
        await application().receipts.received(queue, message.sequence_number or 0)
        await application().approvals.handle(received(message, context))
