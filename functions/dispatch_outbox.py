"""Timer: sends events that were recorded but not sent."""

import azure.functions as func

from shared.composition import application

bp = func.Blueprint()


@bp.function_name(name="dispatch_outbox")
@bp.timer_trigger(arg_name="timer", schedule="%OUTBOX_SCHEDULE%")
async def dispatch_outbox(timer: func.TimerRequest) -> None:
    """Empties the outbox, and tells of the brake; a tick that comes late or twice does no harm."""
    del timer
    await application().outbox.dispatch_unsent()
    await application().brake.tell()
