"""The whole stack, started once, and a producer and a subscriber on it. Nothing here calls a function directly."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from azure.data.tables.aio import TableServiceClient
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient

from local.demo.watch import events
from local.stack import Stack, StackOptions, running_stack

PATIENCE_SECONDS = 60.0
PEOPLE = ("anna", "ben", "clara", "dora", "emil", "fritz", "gina", "hugo", "ida", "jan", "klara", "leo", "mia", "nora")
POLICY = {
    "version": "e2e",
    "numberTypes": {
        "mobile": ["mobile", "fixed_line_or_mobile"],
        "alternateMobile": ["mobile", "fixed_line", "fixed_line_or_mobile"],
        "office": ["fixed_line", "fixed_line_or_mobile"],
    },
    "requesters": {"workday": ["set", "remove", "undo"]},
    "tripwires": {"coolDown": None, "perUser": None},
    "hold": {"lookAgain": "PT1S"},
    "approvers": {"boss@contoso.example": ["number_shared"], "workday": ["*"]},
    "notify": {"changed": ["user", "manager"], "held": ["boss@contoso.example"]},
}


def tenant() -> dict[str, Any]:
    users: list[dict[str, Any]] = [
        {
            "userPrincipalName": f"{name}@contoso.example",
            "displayName": name.title(),
            "employeeId": f"E-{name}",
            "usageLocation": "DE",
            "mail": f"{name}@contoso.example",
            "manager": "boss@contoso.example",
            "phoneMethods": [{"phoneType": "mobile", "phoneNumber": f"+49 1512345{number:04d}"}],
        }
        for number, name in enumerate(PEOPLE, start=6000)
    ]
    users.append({"userPrincipalName": "boss@contoso.example", "displayName": "Boss", "mail": "boss@contoso.example"})
    users.append(
        {
            "userPrincipalName": "admin@contoso.example",
            "displayName": "Admin",
            "usageLocation": "DE",
            "roles": ["Global Administrator"],
        }
    )
    return {"users": users, "graph": {"latencyMs": [1, 10]}}


def tenant_phone(name: str) -> str:
    """Gives the mobile number that a person starts with, in clear."""
    user = next(user for user in tenant()["users"] if user["userPrincipalName"].startswith(f"{name}@"))
    number: str = user["phoneMethods"][0]["phoneNumber"]
    return number


@dataclass
class Company:
    """A producer's and a subscriber's view of the running product."""

    stack: Stack
    bus: ServiceBusClient
    told: list[dict[str, Any]] = field(default_factory=list)

    def request(self, request_id: str, name: str, **fields: Any) -> dict[str, Any]:
        """Gives a request's fields; by default somebody's mobile phone is set."""
        plain = {
            "schemaVersion": "1.0",
            "requestId": request_id,
            "operation": "set",
            "user": {"userPrincipalName": f"{name}@contoso.example"},
            "requestedBy": "workday",
            "reason": "INC-1",
            "requestedAt": datetime.now(UTC).isoformat(),
            **fields,
        }
        return {name: value for name, value in plain.items() if value is not None}

    async def send(self, request: dict[str, Any], **message: Any) -> None:
        """Puts a request on the queue."""
        session = next(iter(request["user"].values())).lower()
        await self.send_raw(json.dumps(request).encode(), request["requestId"], session, **message)

    async def send_raw(self, body: bytes, message_id: str, session: str, **message: Any) -> None:
        """Puts any bytes on the queue."""
        async with self.bus.get_queue_sender("phone-changes") as sender:
            await sender.send_messages(ServiceBusMessage(body, message_id=message_id, session_id=session, **message))

    async def approve(self, approval_id: str, request_id: str, **fields: Any) -> dict[str, Any]:
        """Approves a held request as the boss does, and gives the answer's data."""
        approval = {
            "approvalId": approval_id,
            "requestId": request_id,
            "holdId": f"{request_id}:held",
            "decision": "approve",
            "decidedBy": "boss@contoso.example",
            "reason": "Called back",
            "decidedAt": datetime.now(UTC).isoformat(),
            **fields,
        }
        async with self.bus.get_queue_sender("phone-approvals") as sender:
            await sender.send_messages(ServiceBusMessage(json.dumps(approval), message_id=approval_id))
        (found,) = await self.until(
            lambda: [event for event in self.told if event["data"].get("approvalId") == approval_id]
        )
        data: dict[str, Any] = found["data"]
        return data

    async def outcome(self, request_id: str, number: int = 1) -> dict[str, Any]:
        """Waits for the n-th event of a request and gives its data."""
        found = await self.until(
            lambda: [event for event in self.told if _tells_of(event, request_id)][number - 1 : number]
        )
        data: dict[str, Any] = found[0]["data"]
        return data

    async def until[T](self, look: Callable[[], T]) -> T:
        """Waits until a look gives something."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := look()):
            assert time.monotonic() < deadline, "it did not come in time"
            await asyncio.sleep(0.1)
        return found

    async def phones(self, name: str) -> dict[str, str]:
        """Gives a person's phones as Graph holds them, in clear."""
        user = await self._control("tenant")
        person = next(entry for entry in user["users"] if entry["userPrincipalName"] == f"{name}@contoso.example")
        return {phone["phoneType"]: phone["phoneNumber"] for phone in person["phoneMethods"]}

    async def calls(self, method: str, name: str) -> int:
        """Counts the calls of one method about one person."""
        user = next(
            entry
            for entry in (await self._control("tenant"))["users"]
            if entry["userPrincipalName"].startswith(f"{name}@")
        )
        requests = await self._control("requests")
        return sum(entry["method"] == method and entry["user"] == user["id"] for entry in requests)

    async def fault(self, **fault: Any) -> None:
        """Plans a fault of Graph."""
        async with httpx.AsyncClient() as http:
            answer = await http.post(f"{self._twin}/faults", json=[fault])
        answer.raise_for_status()

    def mails(self, request_id: str) -> list[str]:
        """Gives the mails that were sent about a request."""
        texts = [path.read_text(encoding="utf-8") for path in sorted(self.stack.mail.glob("*.eml"))]
        return [text for text in texts if f"{request_id}:" in text]

    async def rows(self, table: str) -> list[dict[str, Any]]:
        """Gives all rows of a table."""
        async with TableServiceClient.from_connection_string(self.stack.storage) as service:
            return [dict(row) async for row in service.get_table_client(table).list_entities()]

    @property
    def _twin(self) -> str:
        return self.stack.graph_url.removesuffix("/v1.0") + "/_twin"

    async def _control(self, name: str) -> Any:
        async with httpx.AsyncClient() as http:
            return (await http.get(f"{self._twin}/{name}")).raise_for_status().json()


def _tells_of(event: dict[str, Any], request_id: str) -> bool:
    return bool(event["type"].startswith("mfaphone.change.") and event["data"]["requestId"] == request_id)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def company(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    folder = tmp_path_factory.mktemp("stack")
    (folder / "tenant.json").write_text(json.dumps(tenant()), encoding="utf-8")
    (folder / "policy.json").write_text(json.dumps(POLICY), encoding="utf-8")
    settings = {"OUTBOX_SCHEDULE": "*/5 * * * * *"}
    options = StackOptions(folder / "tenant.json", folder, folder / "policy.json", settings=settings)
    async with (
        running_stack(options) as stack,
        ServiceBusClient.from_connection_string(stack.service_bus) as bus,
    ):
        running = Company(stack, bus)
        listening = asyncio.create_task(_listen(running))
        yield running
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _listen(company: Company) -> None:
    async for event in events(company.bus, "phone-events"):
        if event is not None:
            company.told.append(event)
