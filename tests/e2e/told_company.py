"""A company whose telemetry goes somewhere, and its changes, each in a trace that begins at the producer."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from azure.servicebus.aio import ServiceBusClient

from local.stack import StackOptions, running_stack
from local.telemetry.destination import Destination
from shared.phone.number import PhoneNumber
from tests.e2e.conftest import POLICY, Company, tenant, tenant_phone
from tests.e2e.conftest import _listen as listen

PRODUCER: Final = "b7ad6b7169203331"
# Longer than a delivery waits in place.
WAIT_SECONDS: Final = 31
TRACES: Final = {"T-1": "0af7651916cd43dd8448eb211c80319c", "T-2": "1af7651916cd43dd8448eb211c80319c"}
_PEOPLE: Final = {"T-1": "anna", "T-2": "ben"}
_WANTED: Final = {"T-1": PhoneNumber(49, "1712345678"), "T-2": PhoneNumber(49, "1718765432")}
# All numbers that are in play: none may be told.
NUMBERS: Final = (
    *_WANTED.values(),
    *(PhoneNumber(49, tenant_phone(name).removeprefix("+49 ")) for name in _PEOPLE.values()),
)


@asynccontextmanager
async def told_company(
    folder: Path, settings: Mapping[str, str] | None = None, telemetry: Destination | None = None
) -> AsyncIterator[Company]:
    """Runs the stack with a company on it."""
    (folder / "tenant.json").write_text(json.dumps(tenant()), encoding="utf-8")
    (folder / "policy.json").write_text(json.dumps(POLICY), encoding="utf-8")
    options = StackOptions(
        folder / "tenant.json",
        folder,
        folder / "policy.json",
        settings={"OUTBOX_SCHEDULE": "*/5 * * * * *", **(settings or {})},
        telemetry=telemetry or Destination(),
    )
    async with running_stack(options) as stack, ServiceBusClient.from_connection_string(stack.service_bus) as bus:
        company = Company(stack, bus)
        listening = asyncio.create_task(listen(company))
        yield company
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def change(company: Company, request_id: str) -> None:
    """Changes a person's number, and waits for the outcome and its two mails."""
    person, number = _PEOPLE[request_id], _WANTED[request_id]
    await company.send(
        company.request(request_id, person, phoneNumber=number.in_clear(), reason=f"call {number.in_clear()}"),
        application_properties={"traceparent": f"00-{TRACES[request_id]}-{PRODUCER}-01"},
    )
    assert (await company.outcome(request_id))["outcome"] == "changed"
    await company.until(lambda: len(company.mails(request_id)) == 2)


async def throttle(company: Company, request_id: str) -> None:
    """Lets Graph answer the next read of a person's phones with 429."""
    match = {"method": "GET", "path": "/users/{id}/authentication/phoneMethods"}
    user = {"user": f"{_PEOPLE[request_id]}@contoso.example"}
    await company.fault(match=match | user, times=1, status=429, retryAfter=str(WAIT_SECONDS))
