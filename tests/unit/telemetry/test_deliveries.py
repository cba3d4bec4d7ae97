"""Every message that a function gets is one span and one count, in the trace of whoever sent it."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from opentelemetry.trace import SpanKind, StatusCode

from shared.steps import Step, traced
from shared.telemetry.deliveries import Delivery, processing, ticking
from shared.telemetry.sending import sending
from shared.telemetry.work import add_to_logs, log_attributes, name_request, note
from tests.unit.telemetry.conftest import Told

TRACE, SENT, HOST = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "b7ad6b7169203331"
NUMBER = "+49 1520 9876543"
OTHER_TRACE = "0af7651916cd43dd8448eb211c80319c"


def traceparent(trace: str, span: str, flags: str = "01") -> str:
    return f"00-{trace}-{span}-{flags}"


DELIVERY = Delivery(
    function="process_change",
    destination="phone-changes",
    message_id="req-1",
    delivery_count=2,
    enqueued_at=datetime(2026, 11, 26, 10, tzinfo=UTC),
    traceparent=traceparent(TRACE, SENT),
    invocation_id="4d9e",
)


def test_the_span_goes_on_with_the_producers_trace(told: Told) -> None:
    with processing(DELIVERY):
        pass
    span = told.spans["process phone-changes"]
    assert span.parent
    assert (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}") == (TRACE, SENT)
    assert span.kind is SpanKind.CONSUMER


def test_the_hosts_own_span_is_the_parent_where_it_belongs_to_that_trace(told: Told) -> None:
    with processing(replace(DELIVERY, host_traceparent=traceparent(TRACE, HOST))):
        pass
    parent = told.spans["process phone-changes"].parent
    assert parent
    assert f"{parent.span_id:016x}" == HOST


def test_a_host_that_began_a_trace_of_its_own_is_linked(told: Told) -> None:
    with processing(replace(DELIVERY, host_traceparent=traceparent(OTHER_TRACE, HOST))):
        pass
    span = told.spans["process phone-changes"]
    assert f"{span.context.trace_id:032x}" == TRACE
    assert [f"{link.context.trace_id:032x}" for link in span.links] == [OTHER_TRACE]


def test_a_message_without_a_trace_is_in_the_hosts(told: Told) -> None:
    with processing(replace(DELIVERY, traceparent="", host_traceparent=traceparent(OTHER_TRACE, HOST))):
        pass
    assert f"{told.spans['process phone-changes'].context.trace_id:032x}" == OTHER_TRACE


def test_it_says_what_the_conventions_ask_for(told: Told) -> None:
    with processing(replace(DELIVERY, subscription="notifications")):
        pass
    assert told.spans["process phone-changes"].attributes == {
        "messaging.system": "servicebus",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "phone-changes",
        "messaging.destination.subscription.name": "notifications",
        "messaging.message.id": "req-1",
        "messaging.servicebus.message.delivery_count": 2,
        "messaging.servicebus.message.enqueued_time": 1795687200,
        "faas.name": "process_change",
        "faas.trigger": "pubsub",
        "faas.invocation_id": "4d9e",
    }
    (counted,) = told.points("messaging.client.consumed.messages").values()
    assert counted.value == 1


def test_a_function_that_raises_is_marked_by_the_class_and_not_by_what_it_says(told: Told) -> None:
    with pytest.raises(ValueError, match="1520"), processing(DELIVERY):
        raise ValueError(NUMBER)
    span = told.spans["process phone-changes"]
    assert span.attributes
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert (span.attributes["error.type"], len(span.events)) == ("ValueError", 0)
    (key,) = told.points("messaging.process.duration")
    assert ("error.type", "ValueError") in key


def test_work_that_is_given_up_because_other_work_failed_is_no_failure_of_its_own(told: Told) -> None:
    with pytest.raises(asyncio.CancelledError), processing(DELIVERY):
        raise asyncio.CancelledError
    span = told.spans["process phone-changes"]
    assert span.attributes
    assert (span.status.status_code, span.attributes["error.type"]) == (StatusCode.UNSET, "CancelledError")


async def test_what_is_noted_in_a_step_stands_on_the_deliverys_span(told: Told) -> None:
    async def work() -> None:
        name_request("req-1")
        note({"mfaphone.outcome": "changed"})

    with processing(DELIVERY):
        await traced(Step.FINISH, work)
    span, step = told.spans["process phone-changes"], told.spans["mfaphone.finish"]
    assert span.attributes
    assert (span.attributes["mfaphone.request.id"], span.attributes["mfaphone.outcome"]) == ("req-1", "changed")
    assert step.parent
    assert step.parent.span_id == span.context.span_id


async def test_deliveries_at_the_same_time_do_not_mix(told: Told) -> None:
    async def one(request_id: str) -> dict[str, str]:
        with processing(replace(DELIVERY, message_id=request_id)):
            await asyncio.sleep(0)
            name_request(request_id)
            await asyncio.sleep(0)
            return log_attributes()

    found = await asyncio.gather(*(one(f"req-{number}") for number in range(20)))
    assert [each["mfaphone.request.id"] for each in found] == [f"req-{number}" for number in range(20)]
    named = {(s.attributes or {})["mfaphone.request.id"]: (s.attributes or {})["messaging.message.id"]
             for s in told.exporter.get_finished_spans()}  # fmt: skip
    assert all(key == value for key, value in named.items())
    assert log_attributes() == {}


def test_a_timers_tick_is_a_span_of_its_own(told: Told) -> None:
    with ticking("dispatch_outbox", traceparent(OTHER_TRACE, HOST), "77aa"):
        assert log_attributes() == {"mfaphone.function": "dispatch_outbox"}
    span = told.spans["run dispatch_outbox"]
    assert span.attributes == {"faas.name": "dispatch_outbox", "faas.trigger": "timer", "faas.invocation_id": "77aa"}


def test_what_is_sent_carries_the_span_of_its_sending(told: Told) -> None:
    with processing(DELIVERY), sending("phone-events", "req-1:changed", DELIVERY.traceparent) as carried:
        pass
    span = told.spans["send phone-events"]
    assert carried == traceparent(TRACE, f"{span.context.span_id:016x}")
    assert span.kind is SpanKind.PRODUCER
    assert span.parent
    assert span.parent.span_id == told.spans["process phone-changes"].context.span_id


def test_what_a_timer_sends_for_an_earlier_run_stays_in_that_runs_trace(told: Told) -> None:
    with ticking("dispatch_outbox"), sending("phone-events", "req-1:changed", traceparent(TRACE, SENT)):
        pass
    span = told.spans["send phone-events"]
    assert span.parent
    assert (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}") == (TRACE, SENT)


def test_where_nobody_records_spans_a_message_keeps_its_traceparent() -> None:
    with sending("phone-events", "req-1:changed", traceparent(TRACE, SENT, "00")) as carried:
        assert carried == traceparent(TRACE, SENT, "00")
    with sending("sweep-pages", "step-1") as carried:
        assert carried == ""


@pytest.fixture
def log_factory() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    add_to_logs()
    add_to_logs()
    yield
    logging.setLogRecordFactory(before)


@pytest.mark.usefixtures("told", "log_factory")
def test_every_log_line_says_which_request_it_is_about(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    log = logging.getLogger("shared.anything")
    with processing(DELIVERY):
        log.info("before")
        name_request("req-1")
        log.info("within")
    log.info("after")
    carried = [
        {name: value for name, value in vars(record).items() if name.startswith("mfaphone.")}
        for record in caplog.records
        if record.name == "shared.anything"
    ]
    assert carried == [
        {"mfaphone.function": "process_change"},
        {"mfaphone.function": "process_change", "mfaphone.request.id": "req-1"},
        {},
    ]
