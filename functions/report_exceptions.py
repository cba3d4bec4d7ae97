"""Timer: tells of policy's exceptions before they expire."""

import azure.functions as func

from shared.composition import application

bp = func.Blueprint()


@bp.function_name(name="report_exceptions")
@bp.timer_trigger(arg_name="timer", schedule="%EXCEPTION_SCHEDULE%")
async def report_exceptions(timer: func.TimerRequest) -> None:
    """Tells each owner once; a tick that comes late or twice does no harm."""
    del timer
    await application().exceptions.report()
