"""A drift: HR's change sets a number, and then somebody sets another one behind the product's back."""

import asyncio
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient

from local.demo.watch import events
from local.stack import Stack
from local.sweep_demo.number_blocks import MOBILE
from local.sweep_demo.one_run import StuckError
from local.sweep_demo.planted import Planted
from local.sweep_demo.twin_control import TwinControl
from shared.compliance.finding import ComplianceCode, Verdict
from shared.phone.phone_type import PhoneType

_BLOCK: Final = MOBILE["GB"]
_PATIENCE_SECONDS: Final = 90.0


async def plant_drifts(stack: Stack, twin: TwinControl, user_ids: Sequence[str]) -> tuple[Planted, ...]:
    """Changes the mobile phones of some through the product, then in the twin, but for the last one, who keeps theirs.

    Raises StuckError.
    """
    requests = [_request(number, user_id) for number, user_id in enumerate(user_ids)]
    async with ServiceBusClient.from_connection_string(stack.service_bus) as client:
        async with client.get_queue_sender(stack.settings["REQUEST_QUEUE"]) as sender:
            for request in requests:
                await sender.send_messages(_message(request))
        await _changed(client, stack.settings["EVENT_TOPIC"], {request["requestId"] for request in requests})
    altered = user_ids[:-1]
    for number, user_id in enumerate(altered):
        await twin.put_phone(user_id, _number(len(user_ids) + number))
    return tuple(
        Planted(user_id, ComplianceCode.NUMBER_DRIFT, Verdict.VIOLATION, PhoneType.MOBILE) for user_id in altered
    )


def _number(place: int) -> str:
    """Gives a number from the end of its block, where nobody's is."""
    return _BLOCK.number(_BLOCK.size - 1 - place)


def _request(number: int, user_id: str) -> dict[str, Any]:
    return {
        "schemaVersion": "1.0",
        "requestId": f"HR-2026-{number + 1:04}",
        "operation": "set",
        "user": {"id": user_id},
        "phoneNumber": _number(number),
        "requestedBy": "workday",
        "reason": "New phone",
        "requestedAt": datetime.now(UTC).isoformat(),
    }


def _message(request: dict[str, Any]) -> ServiceBusMessage:
    return ServiceBusMessage(
        json.dumps(request),
        message_id=request["requestId"],
        session_id=request["user"]["id"],
        content_type="application/json",
    )


async def _changed(client: ServiceBusClient, topic: str, waiting: set[str]) -> None:
    """Waits until all requests have changed a number."""
    until = time.monotonic() + _PATIENCE_SECONDS
    told: list[str] = []
    async for event in events(client, topic):
        if event and event["type"].startswith("mfaphone.change."):
            data = event["data"]
            if event["type"] == "mfaphone.change.changed":
                waiting.discard(data["requestId"])
            else:
                told.append(f"{event['type']}: {data.get('message', '')}")
        if not waiting:
            return
        if time.monotonic() > until or told:
            message = f"A change of which a drift is to be made did not come to be. {' '.join(told)}".strip()
            raise StuckError(message)
        await asyncio.sleep(0)
