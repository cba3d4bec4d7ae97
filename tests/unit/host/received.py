"""Received messages, made without a broker."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus._pyamqp.message import Header, Message, Properties

LOCK_TOKEN = UUID("0f0e0d0c-0b0a-0908-0706-050403020100")
ENQUEUED = datetime(2026, 11, 23, 9, 0, 0, 120_000, tzinfo=UTC)


def received(
    *,
    header: dict[str, Any] | None = None,
    properties: dict[str, Any] | None = None,
    **sections: Any,
) -> ServiceBusReceivedMessage:
    """Makes a message as the SDK decodes it from the wire, where AMQP's strings are bytes."""
    annotations: dict[str | bytes, Any] = {
        b"x-opt-sequence-number": 7,
        b"x-opt-enqueued-time": int(ENQUEUED.timestamp() * 1000),
    }
    message = Message(
        data=sections.get("data"),
        value=sections.get("value"),
        header=Header(**{"delivery_count": 0} | (header or {})),
        properties=Properties(**properties or {}),
        application_properties=sections.get("application"),
        message_annotations=annotations | sections.get("annotations", {}),
        delivery_annotations={b"x-opt-lock-token": LOCK_TOKEN},
    )
    return ServiceBusReceivedMessage(message, receiver=None)
