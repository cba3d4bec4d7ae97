"""Counts what a change costs in calls, messages, seconds and telemetry, on this machine's Azure: one real run."""

import asyncio
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from azure.data.tables.aio import TableServiceClient
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient

from benchmarks.ingestion import DEPENDENCY, REQUEST, Ingested, ingesting, seconds
from local.demo.watch import events
from local.stack import Stack, StackOptions, running_stack
from local.sweep_demo.twin_control import TwinControl

# What Graph takes to answer a call, in milliseconds: assumed, the twin is told so.
LATENCY: Final = (200, 300)
# Flex Consumption bills a second at least, then tenths: learn.microsoft.com/azure/azure-functions/flex-consumption-plan
_LEAST_SECONDS: Final = 1.0
_TENTHS: Final = 10
# The exporter sends what it has every five seconds.
_EXPORTED_AFTER: Final = 8.0
_IDLE_SECONDS: Final = 20.0
_TICK_SECONDS: Final = 2.0
_NEVER: Final = "0 0 0 1 1 *"
_PATIENCE: Final = 180.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What one change takes, and one tick of the outbox's timer; each figure is a mean."""

    recorded_on: str
    changes: int
    per_change: Mapping[str, float]
    per_tick: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        """Gives the counts as they are kept."""
        rounded = [{name: round(value, 3) for name, value in part.items()} for part in (self.per_change, self.per_tick)]
        return {"recordedOn": self.recorded_on, "changes": self.changes, "perChange": rounded[0], "perTick": rounded[1]}

    @classmethod
    def read(cls, path: Path) -> "Counts":
        """Reads counts that were kept."""
        told = json.loads(path.read_text(encoding="utf-8"))
        return cls(told["recordedOn"], told["changes"], told["perChange"], told["perTick"])


async def counted(changes: int, folder: Path) -> Counts:
    """Carries out changes of different users on this machine's Azure, then lets it idle, and counts.

    Raises CannotStartError, and TimeoutError where an outcome stays out.
    """
    tenant = folder / "tenant.json"
    tenant.write_text(json.dumps(_tenant(changes + 1)), encoding="utf-8")
    per_change = await _changing(tenant, folder / "changes", changes)
    per_tick = await _idling(tenant, folder / "idle")
    return Counts(datetime.now(UTC).date().isoformat(), changes, per_change, per_tick)


def billed(durations: Iterable[float]) -> float:
    """Gives the seconds that executions are billed for where none overlaps with another."""
    return sum(max(_LEAST_SECONDS, math.ceil(round(each * _TENTHS, 6)) / _TENTHS) for each in durations)


async def _changing(tenant: Path, folder: Path, changes: int) -> dict[str, float]:
    async with ingesting() as (ingested, settings):
        # No timer is among what is counted.
        quiet = {**settings, "OUTBOX_SCHEDULE": _NEVER, "RECONCILE_SCHEDULE": _NEVER, "SWEEP_RESUME_SCHEDULE": _NEVER}
        async with (
            running_stack(StackOptions(tenant, folder, settings=quiet)) as stack,
            ServiceBusClient.from_connection_string(stack.service_bus) as bus,
        ):
            # The first change opens connections and makes tables.
            await _carried_out(bus, 0)
            await asyncio.sleep(_EXPORTED_AFTER)
            ingested.clear()
            twin, before = TwinControl.of(stack), await _stored(stack)
            await twin.forget_requests()
            logged = _size(stack)
            # One after the other: what changes cost one another by waiting is no part of a change.
            for number in range(1, changes + 1):
                await _carried_out(bus, number)
            await asyncio.sleep(_EXPORTED_AFTER)
            graph = _by_method(await twin.counts())
            storage, after = _table_requests(stack, logged), await _stored(stack)
            await twin.close()
    figures = _figures(ingested) | {
        "graphReads": float(graph.pop("GET", 0)),
        "graphWrites": float(graph.total()),
        "tableRequests": float(storage),
        "storedBytes": float(after - before),
    }
    return {name: figure / changes for name, figure in figures.items()}


def _figures(ingested: Ingested) -> dict[str, float]:
    deliveries = ingested.named(REQUEST, "process ")
    return {
        "executions": len(deliveries),
        "seconds": billed(map(seconds, deliveries)),
        "messagesSent": len(ingested.named(DEPENDENCY, "send ")),
        "telemetryItems": len(ingested.items),
        "telemetryBytes": ingested.bytes_of(metrics=False),
    }


async def _idling(tenant: Path, folder: Path) -> dict[str, float]:
    """Counts what the outbox's timer takes, once every two seconds instead of every minute."""
    async with ingesting() as (ingested, settings):
        often = {**settings, "OUTBOX_SCHEDULE": "*/2 * * * * *", "OTEL_METRIC_EXPORT_INTERVAL": "2000"}
        rare = {"RECONCILE_SCHEDULE": _NEVER, "SWEEP_RESUME_SCHEDULE": _NEVER}
        async with running_stack(StackOptions(tenant, folder, settings=often | rare)) as stack:
            await asyncio.sleep(_EXPORTED_AFTER)
            ingested.clear()
            logged = _size(stack)
            await asyncio.sleep(_IDLE_SECONDS)
            seen = ingested.named(DEPENDENCY, "run dispatch_outbox")
            requests = _table_requests(stack, logged)
            sizes = ingested.bytes_of(metrics=False), ingested.bytes_of(metrics=True)
    if not seen:
        message = "The outbox's timer was not seen at work."
        raise TimeoutError(message)
    ticks = _IDLE_SECONDS / _TICK_SECONDS
    return {"tableRequests": requests / ticks, "telemetryBytes": sizes[0] / ticks, "metricBytes": sizes[1] / ticks}


async def _carried_out(bus: ServiceBusClient, number: int) -> None:
    """Sends a change for one user, and waits until it was made."""
    user, request = _name(number), _request(number)
    async with bus.get_queue_sender("phone-changes") as sender, asyncio.timeout(_PATIENCE):
        await sender.send_messages(
            ServiceBusMessage(json.dumps(request), message_id=request["requestId"], session_id=user)
        )
        async for event in events(bus, "phone-events"):
            if event is not None and event["data"].get("requestId") == request["requestId"]:
                return


def _name(number: int) -> str:
    return f"user{number}@contoso.example"


def _request(number: int) -> dict[str, Any]:
    return {
        "schemaVersion": "1.0",
        "requestId": f"COST-{number}",
        "operation": "set",
        "user": {"userPrincipalName": _name(number)},
        "phoneNumber": f"+49 1512346{number:04d}",
        "requestedBy": "workday",
        "reason": "INC0012345",
        "requestedAt": datetime.now(UTC).isoformat(),
    }


def _tenant(users: int) -> dict[str, Any]:
    people = [
        {
            "userPrincipalName": _name(number),
            "usageLocation": "DE",
            "mail": _name(number),
            "methods": ["microsoftAuthenticator"],
            "phoneMethods": [{"phoneType": "mobile", "phoneNumber": f"+49 1512345{number:04d}"}],
        }
        for number in range(users)
    ]
    return {"users": people, "graph": {"latencyMs": list(LATENCY)}}


def _by_method(told: Mapping[str, Any]) -> Counter[str]:
    methods: Counter[str] = Counter()
    for entry in told["requests"]:
        methods[entry["method"]] += entry["count"]
    return methods


def _log(stack: Stack) -> Path:
    return stack.logs / "azurite.log"


def _size(stack: Stack) -> int:
    return _log(stack).stat().st_size


def _table_requests(stack: Stack, since: int) -> int:
    """Counts the requests in Azurite's log from a place on; a transaction of several rows is one."""
    lines = _log(stack).read_bytes()[since:].decode(errors="replace").splitlines()
    return sum('"' in line and "/Tables" not in line for line in lines)


async def _stored(stack: Stack) -> int:
    """Gives the bytes of all rows, as JSON."""
    size = 0
    async with TableServiceClient.from_connection_string(stack.storage) as service:
        async for table in service.list_tables():
            async for row in service.get_table_client(table.name).list_entities():
                size += len(json.dumps(dict(row), default=str))
    return size
