"""Timer: takes up a sweep that was cut off."""

import azure.functions as func

from shared.composition import application

bp = func.Blueprint()


@bp.function_name(name="sweep_resume")
@bp.timer_trigger(arg_name="timer", schedule="%SWEEP_RESUME_SCHEDULE%")
async def sweep_resume(timer: func.TimerRequest) -> None:
    """Sends steps anew that came to nothing; a tick that comes late or twice does no harm."""
    del timer
    await application().sweep.resume()
