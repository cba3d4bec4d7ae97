"""Timer: takes up a sweep that was cut off."""

import azure.functions as func

from functions.watched import tick
from shared.composition import application

bp = func.Blueprint()


@bp.function_name(name="sweep_resume")
@bp.timer_trigger(arg_name="timer", schedule="%SWEEP_RESUME_SCHEDULE%")
async def sweep_resume(timer: func.TimerRequest, context: func.Context) -> None:
    """Sends steps anew that came to nothing; a tick that comes late or twice does no harm."""
    del timer
    with tick(context):
        await application().sweep.resume()
