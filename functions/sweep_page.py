"""Steps of the sweep from their session queue, one at a time per chain."""

import azure.functions as func

from functions.watched import delivery
from shared.composition import application, configuration

bp = func.Blueprint()


@bp.function_name(name="sweep_page")
@bp.service_bus_queue_trigger(
    arg_name="message",
    connection="ServiceBusConnection",
    queue_name="%SWEEP_QUEUE%",
    is_sessions_enabled=True,
)
async def sweep_page(message: func.ServiceBusMessage, context: func.Context) -> None:
    """Does one step and sends the next one; once more does no harm."""
    with delivery(message, context, configuration().settings.sweep_queue):
        await application().sweep.step(message.get_body())
