"""Messages through a real app, the real worker and the SDK: what a function sees, and what becomes of its message."""

from datetime import timedelta

import pytest
from azure.servicebus import ServiceBusMessage

from tests.contract.host.bus import LOCK_SECONDS, MAX_DELIVERIES, Bus, told
from tests.contract.host.host_process import HostProcess, Record

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("host-messages")]

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ALWAYS_SENT = {
    "LockToken",
    "DeliveryCount",
    "SequenceNumber",
    "EnqueuedTimeUtc",
    "EnqueuedTime",
    "ExpiresAtUtc",
    "ExpiresAt",
    "ApplicationProperties",
    "UserProperties",
    "MessageReceiver",
    "MessageSession",
    "MessageActions",
    "SessionActions",
    "ReceiveActions",
    "Client",
}


async def seen(bus: Bus, observer: HostProcess, message: ServiceBusMessage) -> Record:
    """Sends a message to the function that notes everything, and gives what it noted."""
    count = len(observer.records(function="seen"))
    await bus.send("seen", message)
    return (await observer.wait_for(count + 1, function="seen"))[-1]


async def test_the_ready_line_names_every_function(observer: HostProcess) -> None:
    names = "seen, plain, plain_dead, ordered, event, event_by_user, forward, give_back, tick"
    assert observer.ready == f"Functions host runs 9 functions: {names}"


async def test_a_message_carries_what_azure_s_host_sends_and_nothing_else(bus: Bus, observer: HostProcess) -> None:
    record = await seen(
        bus,
        observer,
        ServiceBusMessage(
            '{"number": "+41 44 ü"}',
            message_id="request-1",
            content_type="application/json",
            correlation_id="correlation",
            subject="change",
            to="somebody",
            reply_to="answers",
            reply_to_session_id="user-2",
            partition_key="user-1",
            session_id="user-1",
            time_to_live=timedelta(minutes=10),
            application_properties={"outcome": "changed", "count": 3, "ratio": 0.5, "urgent": True},
        ),
    )
    metadata = record["metadata"]
    sent = {
        "MessageId": "request-1",
        "ContentType": "application/json",
        "CorrelationId": "correlation",
        "Subject": "change",
        "Label": "change",
        "To": "somebody",
        "ReplyTo": "answers",
        "ReplyToSessionId": "user-2",
        "PartitionKey": "user-1",
        "SessionId": "user-1",
        "DeliveryCount": 1,
        "ApplicationProperties": {"outcome": "changed", "count": 3, "ratio": 0.5, "urgent": True},
    }
    assert {key: metadata[key] for key in sent} == sent
    assert set(metadata) == ALWAYS_SENT | set(sent)
    assert record["application_properties"] == sent["ApplicationProperties"]
    assert bytes.fromhex(record["body"]).decode() == '{"number": "+41 44 ü"}'


async def test_times_are_naive_as_in_azure(bus: Bus, observer: HostProcess) -> None:
    record = await seen(bus, observer, ServiceBusMessage("text"))
    assert all(time.startswith("datetime.datetime(") and "tzinfo" not in time for time in record["times"])
    assert not record["metadata"]["EnqueuedTimeUtc"].endswith("Z")
    assert record["metadata"]["EnqueuedTime"].endswith("+00:00")


async def test_what_azure_never_sends_is_none(bus: Bus, observer: HostProcess) -> None:
    attributes = (await seen(bus, observer, ServiceBusMessage("text")))["attributes"]
    never = {"dead_letter_reason", "dead_letter_error_description", "time_to_live", "locked_until", "state"}
    assert never <= set(attributes)
    assert {name: attributes[name] for name in never} == dict.fromkeys(never, "None")


async def test_a_body_that_is_no_text_arrives_byte_for_byte(bus: Bus, observer: HostProcess) -> None:
    body = bytes(range(256))
    assert (await seen(bus, observer, ServiceBusMessage(body)))["body"] == body.hex()
    assert (await seen(bus, observer, ServiceBusMessage(b"")))["body"] == ""


async def test_the_trace_of_the_message_goes_on_in_the_function(bus: Bus, observer: HostProcess) -> None:
    traced = ServiceBusMessage("text", application_properties={"traceparent": PARENT})
    assert (await seen(bus, observer, traced))["trace_parent"] == PARENT
    untraced = await seen(bus, observer, ServiceBusMessage("text"))
    assert untraced["trace_parent"] not in {PARENT, ""}
    assert untraced["retries"] == 0


async def test_the_app_runs_in_its_own_directory(bus: Bus, observer: HostProcess) -> None:
    record = await seen(bus, observer, ServiceBusMessage("text"))
    assert record["working_directory"] == str(observer.directory)


async def test_success_completes_the_message(bus: Bus, observer: HostProcess) -> None:
    await bus.send("plain", told("good"))
    await observer.wait_for(function="plain", event="end", id="good")
    await bus.until_empty("plain")
    assert len(observer.records(function="plain", event="begin", id="good")) == 1


@pytest.mark.parametrize("failure", ["fail", "return"])
async def test_failure_abandons_at_once_until_the_message_is_dead(
    bus: Bus, observer: HostProcess, failure: str
) -> None:
    message_id = f"bad-{failure}"
    await bus.send("plain", told(message_id, do=failure))
    (dead,) = await observer.wait_for(function="plain_dead", id=message_id)
    deliveries = [record["delivery"] for record in observer.records(function="plain", event="begin", id=message_id)]
    assert deliveries == list(range(1, MAX_DELIVERIES + 1))
    assert dead["reason"] is None
    assert dead["properties"]["DeadLetterReason"] == "MaxDeliveryCountExceeded"


async def test_a_log_line_names_the_message_and_the_place_but_nothing_of_its_content(
    bus: Bus, observer: HostProcess
) -> None:
    await bus.send("plain", told("telling", do="fail", number="+15550100"))
    # The line of the last invocation comes a moment after what its function has noted.
    await observer.until(lambda: observer.log().count("MessageId='telling'") == MAX_DELIVERIES + 1, "all lines")
    lines = [line for line in observer.log().splitlines() if "'telling'" in line]
    assert "Executed 'plain' (Failed, Id=" in lines[0]
    assert "MessageId='telling', DeliveryCount=1): ValueError at function_app.py:" in lines[0]
    assert "told to fail" not in observer.log()
    assert "15550100" not in observer.log()


async def test_several_messages_are_in_hand_at_a_time(bus: Bus, observer: HostProcess) -> None:
    await bus.send("plain", *(told(f"together-{n}", do="sleep", seconds=1.5) for n in range(4)))
    ends = [(await observer.wait_for(function="plain", event="end", id=f"together-{n}"))[0]["time"] for n in range(4)]
    begins = [observer.records(function="plain", event="begin", id=f"together-{n}")[0]["time"] for n in range(4)]
    assert max(begins) < min(ends)


async def test_a_long_function_keeps_the_lock_of_its_message(bus: Bus, observer: HostProcess) -> None:
    await bus.send("events", told("long", "s", do="sleep", seconds=LOCK_SECONDS + 1))
    await observer.wait_for(function="event", event="end", id="long")
    await bus.send("events", told("after", "s"))
    await observer.wait_for(function="event", event="end", id="after")
    assert len(observer.records(function="event", event="begin", id="long")) == 1
    assert "lock was lost" not in observer.log()


async def test_a_subscription_triggers_its_function(bus: Bus, observer: HostProcess) -> None:
    await bus.send("events", told("happened", session="user-1"))
    await observer.wait_for(function="event", event="end", id="happened")
    (record,) = await observer.wait_for(function="event_by_user", event="end", id="happened")
    assert record["session"] == "user-1"


@pytest.mark.parametrize("queue", ["forwarded", "returned"])
async def test_an_output_or_return_value_is_sent_as_the_body_of_a_message(
    bus: Bus, observer: HostProcess, queue: str
) -> None:
    count = len(observer.records(function="seen"))
    await bus.send(queue, ServiceBusMessage("carry me", application_properties={"traceparent": PARENT}))
    record = (await observer.wait_for(count + 1, function="seen"))[-1]
    assert bytes.fromhex(record["body"]) == b"carry me"
    assert record["metadata"]["ContentType"] == "text/plain"
    assert record["application_properties"] == {"Diagnostic-Id": PARENT}


async def test_a_timer_runs_on_startup(observer: HostProcess) -> None:
    (record,) = await observer.wait_for(function="tick")
    assert record["past_due"] is False
