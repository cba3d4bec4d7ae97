"""A function app whose host.json allows little: one second per function, and nothing is completed for it."""

import asyncio
import json
import os
import time
from pathlib import Path

import azure.functions as func

app = func.FunctionApp()
RECORDS = Path(os.environ["RECORDS"])
BUS = "ServiceBusConnection"


def note(function: str, event: str, **facts: object) -> None:
    """Writes a line for the tests to read."""
    with RECORDS.open("a") as records:
        records.write(json.dumps({"function": function, "event": event, "time": time.monotonic(), **facts}) + "\n")


@app.service_bus_queue_trigger("msg", connection=BUS, queue_name="slow")
async def slow(msg: func.ServiceBusMessage) -> None:
    """Takes much longer than it may."""
    note("slow", "begin", id=msg.message_id, delivery=msg.delivery_count)
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        note("slow", "cancelled", id=msg.message_id)
        raise


@app.service_bus_queue_trigger("msg", connection=BUS, queue_name="left")
async def left(msg: func.ServiceBusMessage) -> None:
    """Succeeds, and nobody completes its message."""
    note("left", "end", id=msg.message_id, delivery=msg.delivery_count)


@app.service_bus_queue_trigger("msg", connection=BUS, queue_name="completed", auto_complete_messages=True)
async def completed(msg: func.ServiceBusMessage) -> None:
    """Succeeds, and says on its trigger that its message is to be completed."""
    note("completed", "end", id=msg.message_id, delivery=msg.delivery_count)
