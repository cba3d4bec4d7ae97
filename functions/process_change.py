"""Change requests from the session queue, one at a time per user."""

import azure.functions as func

from functions.received import received
from functions.watched import delivery
from shared.composition import application, configuration

bp = func.Blueprint()


@bp.function_name(name="process_change")
@bp.service_bus_queue_trigger(
    arg_name="message",
    connection="ServiceBusConnection",
    queue_name="%REQUEST_QUEUE%",
    is_sessions_enabled=True,
    # As text the host would replace what is not UTF-8, and a person would get another body than was sent.
    data_type=func.DataType.BINARY,
)
async def process_change(message: func.ServiceBusMessage, context: func.Context) -> None:
    """Takes a request to its outcome, or sends a scheduled copy of it; an exception means a bug or no bus."""
    app, queue = application(), configuration().settings.request_queue
    with delivery(message, context, queue), app.live.one():
        await app.receipts.received(queue, message.sequence_number or 0)
        await app.changes.handle(received(message, context))
