"""What the running task works on: its span, and what every log line of it says beside its text."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from opentelemetry.trace import Span

from shared.telemetry.names import FUNCTION, REQUEST_ID
from shared.telemetry.spans import Attributes


@dataclass(slots=True)
class Work:
    """One delivery of a message, or one tick of a timer."""

    function: str
    span: Span
    request_id: str = ""


_CURRENT: ContextVar[Work | None] = ContextVar("mfaphone_work", default=None)


@contextmanager
def working(work: Work) -> Iterator[None]:
    """Makes it the work of this task, and of the tasks that it starts."""
    token = _CURRENT.set(work)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def name_request(request_id: str) -> None:
    """Says which request the running work is for; an id that may be told, never a number."""
    work = _CURRENT.get()
    if work is not None:
        work.request_id = request_id
        work.span.set_attribute(REQUEST_ID, request_id)


def note(attributes: Attributes) -> None:
    """Notes attributes on the span of the running work, whatever step it is in."""
    work = _CURRENT.get()
    if work is not None:
        work.span.set_attributes(dict(attributes))


def log_attributes() -> dict[str, str]:
    """Gives what log lines of the running work carry."""
    work = _CURRENT.get()
    if work is None:
        return {}
    return {FUNCTION: work.function, **({REQUEST_ID: work.request_id} if work.request_id else {})}


def add_to_logs() -> None:
    """Lets every log record of this process carry them, as OpenTelemetry's handler takes attributes from records."""
    before = logging.getLogRecordFactory()
    if getattr(before, "adds_work", False):
        return

    def factory(*arguments: object, **named: object) -> logging.LogRecord:
        record = before(*arguments, **named)
        vars(record).update(log_attributes())
        return record

    vars(factory)["adds_work"] = True
    logging.setLogRecordFactory(factory)
