"""Timer: starts a sweep of the whole tenant."""

import azure.functions as func

from functions.watched import tick
from shared.composition import application

bp = func.Blueprint()


@bp.function_name(name="sweep_start")
@bp.timer_trigger(arg_name="timer", schedule="%SWEEP_SCHEDULE%")
async def sweep_start(timer: func.TimerRequest, context: func.Context) -> None:
    """Starts a run, unless one is under way; two ticks at once start one."""
    del timer
    with tick(context):
        await application().sweep.start()
