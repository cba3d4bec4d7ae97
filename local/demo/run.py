"""Runs the demo: stack up, feed in, outcomes out, stack down."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from azure.servicebus.aio import ServiceBusClient
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local.demo import report
from local.demo.accounting import Account
from local.demo.feed import Feed
from local.demo.producer import Outgoing, send
from local.demo.records import outcome_line, read_ledger, write_lines
from local.demo.seen import Seen
from local.demo.watch import events, waiting_in_queue, waiting_in_subscription
from local.stack import Stack, StackOptions, running_stack

# The outbox is looked after more often than in production, so that nobody waits a minute for it.
_SETTINGS = {"OUTBOX_SCHEDULE": "*/10 * * * * *", "GRAPH_CONCURRENCY": "8", "EVENT_SOURCE": "/mfa-phone-change/demo"}
# How long the demo waits for one more outcome before it says that something is lost.
PATIENCE_SECONDS = 90.0
_MAIL_PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class DemoInput:
    """What the demo runs on; all of it was read and checked before anything starts."""

    tenant: Path
    policy: Path
    mail_sender: str
    feed: Feed
    messages: Sequence[Outgoing]
    # Effective dates too far ahead to wait for.
    too_late: int
    folder: Path


async def run_demo(given: DemoInput, console: Console, account: Account) -> bool:
    """Runs the demo and says whether every request reached an outcome and nothing was lost."""
    started = time.monotonic()
    report.show_row_faults(console, given.feed.faults, given.feed.unknown_columns)
    starting = console.status("Starting identity, Graph, Service Bus, storage and the Functions host ...")
    starting.start()
    options = StackOptions(given.tenant, given.folder, given.policy, given.mail_sender, settings=_SETTINGS)
    try:
        async with running_stack(options) as stack:
            starting.stop()
            try:
                seen = await _feed_and_watch(given, stack, account, console)
            except asyncio.CancelledError:
                console.print("Stopping ...")
                raise
    finally:
        starting.stop()
    _show(given, seen, console, time.monotonic() - started)
    return report.verdict(console, seen, too_late=given.too_late)


async def _feed_and_watch(given: DemoInput, stack: Stack, account: Account, console: Console) -> Seen:
    topic, subscription = stack.settings["EVENT_TOPIC"], stack.settings["NOTIFICATION_SUBSCRIPTION"]
    async with ServiceBusClient.from_connection_string(stack.service_bus) as client:
        told = await _outcomes(given, stack, client, account, console)
        untold = await _mails_out(client, topic, subscription)
        dead = await waiting_in_queue(client, stack.settings["REQUEST_QUEUE"], dead=True)
        parked = await waiting_in_queue(client, stack.settings["PARKED_QUEUE"])
    ledger = await read_ledger(stack.storage)
    write_lines(given.folder / "events.jsonl", told)
    write_lines(given.folder / "outcomes.jsonl", [outcome_line(row) for row in ledger.requests])
    await _keep_tenant(stack, given.folder / "tenant-after.json")
    mails = len(list(stack.mail.glob("*.eml")))
    return Seen(account, ledger, parked, dead, mails, untold)


async def _outcomes(
    given: DemoInput, stack: Stack, client: ServiceBusClient, account: Account, console: Console
) -> list[dict[str, Any]]:
    """Sends the feed and collects events until every outcome has come, or none comes any more."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        sent = progress.add_task("Requests sent", total=len(given.messages))
        done = progress.add_task("Outcomes     ", total=account.total - given.too_late)
        queue = stack.settings["REQUEST_QUEUE"]
        sending = asyncio.create_task(send(stack.service_bus, queue, given.messages, lambda: progress.advance(sent)))
        told: list[dict[str, Any]] = []
        last_news = time.monotonic()
        async for event in events(client, stack.settings["EVENT_TOPIC"]):
            if event is not None:
                told.append(event)
                account.book(event)
                last_news = time.monotonic()
                progress.update(done, completed=account.done)
            elif sending.done() and (
                account.done >= account.total - given.too_late or time.monotonic() - last_news > PATIENCE_SECONDS
            ):
                break
        await sending
    return told


async def _mails_out(client: ServiceBusClient, topic: str, subscription: str) -> int:
    """Waits until the notification subscription is empty, and gives what is left in it."""
    left = await waiting_in_subscription(client, topic, subscription)
    for _ in range(int(_MAIL_PATIENCE_SECONDS / _POLL_SECONDS)):
        if not left:
            break
        await asyncio.sleep(_POLL_SECONDS)
        left = await waiting_in_subscription(client, topic, subscription)
    return left


async def _keep_tenant(stack: Stack, path: Path) -> None:
    control = stack.graph_url.removesuffix("/v1.0")
    async with httpx.AsyncClient() as http:
        tenant = (await http.get(f"{control}/_twin/tenant")).raise_for_status().json()
    text = json.dumps(tenant, ensure_ascii=False, indent=2) + "\n"
    await asyncio.to_thread(path.write_text, text, encoding="utf-8")


def _show(given: DemoInput, seen: Seen, console: Console, seconds: float) -> None:
    users = json.loads(given.tenant.read_text(encoding="utf-8"))["users"]
    names = {str(user.get("employeeId", "")).lower(): user["userPrincipalName"] for user in users}
    report.show_outcomes(console, seen.ledger.requests, names)
    report.show_sums(console, seen.ledger.requests, mails=seen.mails, parked=seen.parked, seconds=seconds)
    report.show_places(console, given.folder)
