"""One span and one count for each message that a function gets, and one span for each tick of a timer.

Names and attributes: https://opentelemetry.io/docs/specs/semconv/messaging/azure-messaging.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from opentelemetry.trace import SpanKind
from opentelemetry.util.types import AttributeValue

from shared.telemetry import names
from shared.telemetry.instruments import instruments
from shared.telemetry.spans import quiet_span
from shared.telemetry.trace_context import context_of, continued
from shared.telemetry.work import Work, working

_SYSTEM = "servicebus"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it was delivered; `message_id` is already such as may be told."""

    function: str
    destination: str
    message_id: str
    delivery_count: int
    enqueued_at: datetime | None
    traceparent: str
    # What the host says of the invocation.
    host_traceparent: str = ""
    invocation_id: str = ""
    subscription: str = ""

    @property
    def attributes(self) -> dict[str, AttributeValue]:
        """What its span carries from the start."""
        found: dict[str, AttributeValue] = {
            names.MESSAGING_SYSTEM: _SYSTEM,
            names.MESSAGING_OPERATION_NAME: names.PROCESS,
            names.MESSAGING_OPERATION_TYPE: names.PROCESS,
            names.MESSAGING_DESTINATION: self.destination,
            names.MESSAGING_MESSAGE_ID: self.message_id,
            names.DELIVERY_COUNT: self.delivery_count,
            names.FAAS_NAME: self.function,
            names.FAAS_TRIGGER: "pubsub",
            names.FAAS_INVOCATION_ID: self.invocation_id,
        }
        if self.enqueued_at is not None:
            found[names.ENQUEUED_TIME] = int(self.enqueued_at.timestamp())
        if self.subscription:
            found[names.MESSAGING_SUBSCRIPTION] = self.subscription
        return found


@contextmanager
def processing(delivery: Delivery) -> Iterator[None]:
    """Runs a function's work for a message."""
    descent = continued(delivery.traceparent, delivery.host_traceparent)
    name = f"{names.PROCESS} {delivery.destination}"
    where = {names.MESSAGING_DESTINATION: delivery.destination}
    instruments().consumed.add(1, where)
    with (
        _timed(where),
        quiet_span(name, SpanKind.CONSUMER, delivery.attributes, parent=descent.parent, links=descent.links) as span,
        working(Work(delivery.function, span)),
    ):
        yield


@contextmanager
def ticking(function: str, host_traceparent: str = "", invocation_id: str = "") -> Iterator[None]:
    """Runs a timer's work."""
    attributes = {
        names.FAAS_NAME: function,
        names.FAAS_TRIGGER: "timer",
        names.FAAS_INVOCATION_ID: invocation_id,
    }
    with (
        quiet_span(f"{names.RUN} {function}", attributes=attributes, parent=context_of(host_traceparent)) as span,
        working(Work(function, span)),
    ):
        yield


@contextmanager
def _timed(where: dict[str, str]) -> Iterator[None]:
    started, failed = time.perf_counter(), {}
    try:
        yield
    except BaseException as fault:
        failed = {names.ERROR_TYPE: type(fault).__name__}
        raise
    finally:
        instruments().processing.record(time.perf_counter() - started, {**where, **failed})
