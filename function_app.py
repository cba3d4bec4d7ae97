"""The function app: checks settings and policy, quietens libraries, registers one blueprint per function."""

import logging

import azure.functions as func

from functions import (
    decide_hold,
    dispatch_outbox,
    drain_dead_letters,
    notify_user,
    process_change,
    purge_ledger,
    reconcile,
    report_exceptions,
    sweep_page,
    sweep_resume,
    sweep_start,
)
from shared.composition import configuration
from shared.telemetry.work import add_to_logs

# At INFO they name users, rows and headers of every call.
for library in ("httpx", "azure"):
    logging.getLogger(library).setLevel(logging.WARNING)

add_to_logs()
configuration()

app = func.FunctionApp()
for module in (
    process_change,
    decide_hold,
    notify_user,
    dispatch_outbox,
    drain_dead_letters,
    purge_ledger,
    report_exceptions,
    sweep_start,
    sweep_resume,
    sweep_page,
    reconcile,
):
    app.register_functions(module.bp)
