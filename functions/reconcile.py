"""Timer: looks whether messages vanished and whether requests never ended."""

import azure.functions as func

from functions.watched import tick
from shared.composition import application

bp = func.Blueprint()


@bp.function_name(name="reconcile")
@bp.timer_trigger(arg_name="timer", schedule="%RECONCILE_SCHEDULE%")
async def reconcile(timer: func.TimerRequest, context: func.Context) -> None:
    """Reconciles what the broker counted with what reached a function; a tick that comes late or twice does no harm."""
    del timer
    with tick(context):
        await application().reconciliation.reconcile()
