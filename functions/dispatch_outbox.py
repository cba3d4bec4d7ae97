"""Timer: sends events that were recorded but not sent."""

import azure.functions as func

from functions.watched import tick
from shared.composition import application

bp = func.Blueprint()


@bp.function_name(name="dispatch_outbox")
@bp.timer_trigger(arg_name="timer", schedule="%OUTBOX_SCHEDULE%")
async def dispatch_outbox(timer: func.TimerRequest, context: func.Context) -> None:
    """Empties the outbox, and tells of the brake; a tick that comes late or twice does no harm."""
    del timer
    with tick(context):
        try:
            await application().outbox.dispatch_unsent()
        finally:
            # Whatever becomes of the events: an alert rests on it.
            await application().brake.tell()
