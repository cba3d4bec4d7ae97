"""Timer: tells of policy's exceptions before they expire."""

import azure.functions as func

from functions.watched import tick
from shared.composition import application

bp = func.Blueprint()


@bp.function_name(name="report_exceptions")
@bp.timer_trigger(arg_name="timer", schedule="%EXCEPTION_SCHEDULE%")
async def report_exceptions(timer: func.TimerRequest, context: func.Context) -> None:
    """Tells each owner once; a tick that comes late or twice does no harm."""
    del timer
    with tick(context):
        await application().exceptions.report()
