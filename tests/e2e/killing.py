"""A company whose programs are killed while it works: requests in, kills at random, and everything that came out."""

import asyncio
import json
import random
import time
from base64 import b64decode
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from azure.core.exceptions import AzureError
from azure.data.tables.aio import TableServiceClient
from azure.servicebus import ServiceBusMessage, ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusClient

from local.demo.watch import waiting_in_queue, waiting_in_subscription
from local.stack import Stack
from tests.e2e.evidence import Evidence, Seen, journal_of
from tests.e2e.mortal_stack import LOCK_SECONDS
from tests.fakes.directory import Person
from tests.simulation.workload import Sent, Times, workload

# How often each is killed: the host most often. Service Bus is not among them, see test_kills.
VICTIMS = {"host": 6, "graph": 2, "azurite": 2}
# A kill that hits two at once.
TWO_AT_ONCE = 0.15
TIMES = Times(scheduled=timedelta(seconds=60), life=timedelta(seconds=120))
# The longest wait for the ends after which the next kill is to come; a host needs some three seconds to get going.
_PATIENCE_SECONDS = (1.0, 8.0)
# How long nothing may end before the run counts as stuck: the longest that a user is held after a kill, twice.
_STUCK_SECONDS = 300.0
# No kills after this share of the ends: whoever is held after a kill, for two minutes, is waited for meanwhile.
_KILLED_SHARE = 0.75
_PROGRESS_SECONDS = 10.0


@dataclass
class Run:
    """One run: what to send, whom to kill, and what was seen so far."""

    stack: Stack
    bus: ServiceBusClient
    people: list[Person]
    messages: list[Sent]
    kills: int
    rng: random.Random
    sent: list[tuple[datetime, Sent]] = field(default_factory=list)
    events: list[Seen] = field(default_factory=list)
    killed: list[tuple[datetime, str]] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    async def to_the_end(self) -> Evidence:
        """Sends, kills, and waits until nothing is left to do; then everything that was seen."""
        async with asyncio.TaskGroup() as tasks:
            background = [tasks.create_task(self._watching()), tasks.create_task(self._telling())]
            await asyncio.gather(self._sending(), self._killing())
            await self._drained()
            # What a kill left locked comes once more, although it has ended.
            await asyncio.sleep(LOCK_SECONDS + 2)
            await self._drained()
            for task in background:
                task.cancel()
        return await self._evidence()

    @property
    def ended(self) -> int:
        """How many events there are, copies counted once."""
        return len({event.message_id for event in self.events})

    @property
    def expected(self) -> int:
        """How many ends there must be: one for each message that is not a repeat."""
        return len({(sent.message_id, sent.body) for sent in self.messages})

    def line(self) -> str:
        """Says how far it is."""
        kills = ", ".join(f"{name} {count}" for name, count in Counter(name for _, name in self.killed).items())
        seconds = time.monotonic() - self.started
        sent = f"{len(self.sent)}/{len(self.messages)} sent, {self.ended}/{self.expected} ended"
        return f"{seconds:4.0f} s: {sent}, {len(self.killed)} kills ({kills})"

    async def _sending(self) -> None:
        async with self.bus.get_queue_sender("phone-changes") as sender:
            for sent in self.messages:
                await asyncio.sleep(max(self.started + sent.at - time.monotonic(), 0))
                now = datetime.now(UTC)
                self.sent.append((now, sent))
                message = ServiceBusMessage(sent.body, message_id=sent.message_id, session_id=sent.session_id)
                if sent.effective:
                    message.scheduled_enqueue_time_utc = now + sent.effective
                await sender.send_messages(message)

    async def _killing(self) -> None:
        """Kills after so and so many ends, drawn beforehand: so work is under way, and has got somewhere since."""
        for ends in sorted(self.rng.uniform(0, _KILLED_SHARE * self.expected) for _ in range(self.kills)):
            patience = time.monotonic() + self.rng.uniform(*_PATIENCE_SECONDS)
            while self.ended < ends and time.monotonic() < patience:  # noqa: ASYNC110 - events come by polling too
                await asyncio.sleep(0.05)
            await self._kill(self._victims())

    def _victims(self) -> set[str]:
        count = 2 if self.rng.random() < TWO_AT_ONCE else 1
        return set(self.rng.choices(list(VICTIMS), list(VICTIMS.values()), k=count))

    async def _kill(self, names: set[str]) -> None:
        for name in names:
            self.killed.append((datetime.now(UTC), name))
            await self.stack.child(name).kill()
        await asyncio.sleep(self.rng.uniform(0, 1))
        await asyncio.gather(*(self.stack.child(name).restart() for name in names))

    async def _watching(self) -> None:
        """Collects every copy of every event that the topic lets through."""
        async with self.bus.get_subscription_receiver("phone-events", "audit") as receiver:
            while True:
                for message in await receiver.receive_messages(max_message_count=50, max_wait_time=1):
                    self.events.append(_seen(message))
                    await receiver.complete_message(message)

    async def _telling(self) -> None:
        while True:
            await asyncio.sleep(_PROGRESS_SECONDS)
            print(self.line(), flush=True)  # noqa: T201 - people watch it

    async def _drained(self) -> None:
        before, since = 0, time.monotonic()
        while self.ended < self.expected or await self._is_left():
            await asyncio.sleep(1)
            if self.ended != before:
                before, since = self.ended, time.monotonic()
            if time.monotonic() - since > _STUCK_SECONDS:
                print("Nothing has ended for too long: the checker has the word.", flush=True)  # noqa: T201 - as above
                return

    async def _is_left(self) -> int:
        dead = await waiting_in_queue(self.bus, "phone-changes", dead=True)
        untold = await waiting_in_subscription(self.bus, "phone-events", "notifications")
        unsent = [row for row in await self.rows("ledger") if row["RowKey"].startswith("outbox:")]
        return dead + untold + len(unsent)

    async def _evidence(self) -> Evidence:
        return Evidence(
            people=self.people,
            key=self.key,
            sent=self.sent,
            events=self.events,
            parked=[_seen(message) for message in await self._parked()],
            rows=[row for row in await self.rows("ledger") if row["RowKey"].startswith("request:")],
            journal=[line for line in journal_of(self.stack.logs.parent / "graph.jsonl") if "phoneType" in line],
            mails=sorted(self.stack.mail.glob("*.eml")),
            kills=self.killed,
        )

    @property
    def key(self) -> bytes:
        """The key of the hashes."""
        return b64decode(self.stack.settings["NUMBER_HMAC_KEY"])

    async def rows(self, table: str) -> list[dict[str, Any]]:
        """Gives all rows of a table, each with the time at which the storage wrote it last."""
        with suppress(AzureError):
            async with TableServiceClient.from_connection_string(self.stack.storage) as service:
                rows = service.get_table_client(table).list_entities()
                return [{**row, "storedAt": row.metadata["timestamp"]} async for row in rows]
        return []

    async def tenant(self) -> dict[str, Any]:
        """Gives the tenant as Graph's twin tells it."""
        async with httpx.AsyncClient() as http:
            answer = await http.get(self.stack.graph_url.removesuffix("/v1.0") + "/_twin/tenant")
        told: dict[str, Any] = answer.raise_for_status().json()
        return told

    async def _parked(self) -> list[ServiceBusReceivedMessage]:
        found: list[ServiceBusReceivedMessage] = []
        async with self.bus.get_queue_receiver("phone-changes-parked") as receiver:
            while batch := await receiver.receive_messages(max_message_count=100, max_wait_time=1):
                for message in batch:
                    await receiver.complete_message(message)
                found += batch
        return found


def keep(evidence: Evidence, path: Path) -> None:
    """Writes down what nothing else keeps, for whoever has to find out what went wrong."""
    lines = [
        *({"at": at, "sent": sent.message_id, "body": sent.body} for at, sent in evidence.sent),
        *({"at": seen.at, "event": seen.message_id, "body": seen.body} for seen in evidence.events),
        *({"at": seen.at, "parked": seen.message_id, "body": seen.body} for seen in evidence.parked),
        *({"at": at, "killed": name} for at, name in evidence.kills),
    ]
    lines.sort(key=lambda line: str(line["at"]))
    path.write_text("".join(json.dumps(line, default=str) + "\n" for line in lines), encoding="utf-8")


def drawn(people: list[Person], count: int, span: float, rng: random.Random) -> list[Sent]:
    """Draws the messages of a run that starts now."""
    times = Times(datetime.now(UTC), TIMES.scheduled, TIMES.life)
    return list(workload(people, count, rng, span, times))


def _seen(message: ServiceBusReceivedMessage) -> Seen:
    enqueued = message.enqueued_time_utc
    assert enqueued is not None
    return Seen(enqueued, str(message.message_id), b"".join(message.body))
