"""Timer: starts a sweep of the whole tenant."""

import azure.functions as func

from shared.composition import application

bp = func.Blueprint()


@bp.function_name(name="sweep_start")
@bp.timer_trigger(arg_name="timer", schedule="%SWEEP_SCHEDULE%")
async def sweep_start(timer: func.TimerRequest) -> None:
    """Starts a run, unless one is under way; two ticks at once start one."""
    del timer
    await application().sweep.start()
