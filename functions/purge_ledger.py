"""Timer: deletes records that are past their retention."""

import azure.functions as func

from functions.watched import tick
from shared.composition import application

bp = func.Blueprint()


@bp.function_name(name="purge_ledger")
@bp.timer_trigger(arg_name="timer", schedule="%PURGE_SCHEDULE%")
async def purge_ledger(timer: func.TimerRequest, context: func.Context) -> None:
    """Purges every table, each by its own retention; a tick that comes late or twice does no harm."""
    del timer
    with tick(context):
        await application().retention.purge()
