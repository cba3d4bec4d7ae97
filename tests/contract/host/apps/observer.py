"""A function app that notes what its functions see, and does what the body of a message tells it to."""

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
    line = json.dumps({"function": function, "event": event, "time": time.monotonic(), **facts}, default=str)
    with RECORDS.open("a") as records:
        records.write(line + "\n")


async def obey(function: str, msg: func.ServiceBusMessage) -> str | None:
    """Notes the beginning and the end, and does in between what the message says."""
    facts = {"id": msg.message_id, "session": msg.session_id, "delivery": msg.delivery_count}
    note(function, "begin", **facts)
    told = json.loads(msg.get_body())
    match told.get("do"):
        case "fail":
            error = "told to fail"
            raise ValueError(error)
        case "return":
            return "a value that nobody asked for"
        case "block":
            # A rude app: it stops its whole event loop.
            time.sleep(told["seconds"])  # noqa: ASYNC251
        case "sleep":
            await asyncio.sleep(told["seconds"])
        case _:
            pass
    note(function, "end", **facts)
    return None


@app.service_bus_queue_trigger("msg", connection=BUS, queue_name="%SEEN_QUEUE%")
async def seen(msg: func.ServiceBusMessage, context: func.Context) -> None:
    """Notes everything that a function can see of a message."""
    note(
        "seen",
        "seen",
        attributes={name: repr(value) for name, value in msg.to_dict().items()},
        metadata=msg.metadata,
        body=msg.get_body().hex(),
        times=[repr(msg.enqueued_time_utc), repr(msg.expires_at_utc)],
        application_properties=msg.application_properties,
        trace_parent=context.trace_context.trace_parent,
        retries=context.retry_context.retry_count,
        invocation_id=context.invocation_id,
        working_directory=str(Path.cwd()),
    )


@app.service_bus_queue_trigger("msg", connection=BUS, queue_name="plain")
async def plain(msg: func.ServiceBusMessage) -> str | None:
    """Obeys one message after another, several at a time."""
    return await obey("plain", msg)


@app.service_bus_queue_trigger("msg", connection=BUS, queue_name="plain/$deadletterqueue")
async def plain_dead(msg: func.ServiceBusMessage) -> None:
    """Notes what a dead letter says of its death."""
    note("plain_dead", "dead", id=msg.message_id, reason=msg.dead_letter_reason, properties=msg.application_properties)


@app.service_bus_queue_trigger("msg", connection=BUS, queue_name="ordered", is_sessions_enabled=True)
async def ordered(msg: func.ServiceBusMessage) -> str | None:
    """Obeys the messages of a session one by one."""
    return await obey("ordered", msg)


@app.service_bus_topic_trigger("msg", connection=BUS, topic_name="events", subscription_name="all")
async def event(msg: func.ServiceBusMessage) -> str | None:
    """Obeys the messages of a subscription."""
    return await obey("event", msg)


@app.service_bus_topic_trigger(
    "msg", connection=BUS, topic_name="events", subscription_name="by-user", is_sessions_enabled=True
)
async def event_by_user(msg: func.ServiceBusMessage) -> str | None:
    """Obeys the messages of a subscription with sessions."""
    return await obey("event_by_user", msg)


@app.service_bus_queue_trigger("msg", connection=BUS, queue_name="forwarded")
@app.service_bus_queue_output("out", connection=BUS, queue_name="%SEEN_QUEUE%")
def forward(msg: func.ServiceBusMessage, out: func.Out[str]) -> None:
    """Sends a message's body on, from a function that is not async."""
    out.set(msg.get_body().decode())


@app.service_bus_queue_trigger("msg", connection=BUS, queue_name="returned")
@app.service_bus_queue_output("$return", connection=BUS, queue_name="%SEEN_QUEUE%")
async def give_back(msg: func.ServiceBusMessage) -> str:
    """Sends a message's body on as its return value."""
    return msg.get_body().decode()


@app.timer_trigger("timer", schedule="%EVERY%", run_on_startup=True)
async def tick(timer: func.TimerRequest, context: func.Context) -> None:
    """Notes when it runs."""
    note("tick", "tick", past_due=timer.past_due, trace_parent=context.trace_context.trace_parent)
