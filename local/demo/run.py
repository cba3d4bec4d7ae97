"""Runs the demo: stack up, feed in, outcomes out, stack down."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from azure.servicebus.aio import ServiceBusClient
from rich.console import Console

from local.children import ProgramEndedError
from local.demo import picture, report
from local.demo.accounting import Account
from local.demo.exchange import Exchange
from local.demo.feed import Feed
from local.demo.folder import DemoFolder
from local.demo.hold_book import HoldBook
from local.demo.outcome_table import show_outcomes
from local.demo.policy_tables import show_forecasts, show_rules
from local.demo.producer import Outgoing
from local.demo.progress import starting, watched
from local.demo.records import outcome_line, read_ledger, with_undone, write_lines
from local.demo.rules_at_work import idle, rules_at_work
from local.demo.second_person import SecondPerson
from local.demo.seen import Seen
from local.demo.telephony_forecast import Forecast
from local.demo.watch import waiting_in_queue, waiting_in_subscription
from local.stack import Stack, StackOptions, running_stack
from local.telemetry.destination import Destination
from local.telemetry.receivers import tracing
from shared.clock import SystemClock
from shared.codes import Code
from shared.messages.exception_event import ExceptionEnvelope
from shared.policy.model import Policy

# The outbox is looked after more often than in production, so that nobody waits a minute for it.
_SETTINGS = {"OUTBOX_SCHEDULE": "*/10 * * * * *", "GRAPH_CONCURRENCY": "8", "EVENT_SOURCE": "/mfa-phone-change/demo"}
# The story tells of an exception that ends soon.
_STORYS_SETTINGS = {"EXCEPTION_SCHEDULE": "*/10 * * * * *"}
# How long the demo waits for one more outcome before it says that something is lost.
PATIENCE = timedelta(seconds=90)
# How long it waits for a hold that ends by itself; what is held for longer is told at the end.
LONGEST_HOLD = timedelta(minutes=1)
# Beyond the time after which a held request looks again: its approval must come and be judged.
_APPROVALS_WAY = timedelta(seconds=30)
_MAIL_PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.5
# What the systems call themselves that send requests and approvals.
_PRODUCER = "demo-producer"


@dataclass(frozen=True, slots=True)
class DemoInput:
    """What the demo runs on; all of it was read and checked before anything starts."""

    policy: Path
    mail_sender: str
    feed: Feed
    messages: Sequence[Outgoing]
    # Effective dates too far ahead to wait for.
    too_late: int
    folder: DemoFolder
    rules: Policy
    person: SecondPerson
    forecasts: Sequence[Forecast] = ()
    # Whether people, feed and policy's limits are the demo's own.
    is_story: bool = False
    # The base URL of an OTLP/HTTP collector, if telemetry is to go there, too.
    collector: str = ""

    @property
    def telemetry(self) -> Destination:
        """Where spans, metrics and logs go."""
        return Destination(self.folder.telemetry, self.collector)


async def run_demo(given: DemoInput, console: Console, account: Account, drawing: Path | None = None) -> bool:
    """Runs the demo and says whether every request reached an outcome and nothing was lost.

    Draws the end of it, too, where a file is named. Raises ProgramEndedError where a program ends in between.
    """
    started = time.monotonic()
    folder = given.folder
    settings = {**_SETTINGS, **(_STORYS_SETTINGS if given.is_story else {})}
    options = StackOptions(
        folder.tenant, folder.path, given.policy, given.mail_sender, settings=settings, telemetry=given.telemetry
    )
    async with AsyncExitStack() as running:
        with starting(console):
            stack = await running.enter_async_context(running_stack(options))
        try:
            seen = await stack.during(_feed_and_watch(given, stack, account, console, started))
        except (asyncio.CancelledError, ProgramEndedError):
            # Functions that run are given their time, so this may take half a minute.
            console.print("Stopping ...")
            raise
    names = _names(folder.tenant)
    show_outcomes(console, seen.ledger.requests, names)
    report.show_misfits(console, seen.misfits)
    report.show_held(console, seen)
    report.show_sums(console, seen)
    show_forecasts(console, seen.forecasts)
    show_rules(console, seen.rules)
    report.show_places(console, folder)
    if drawing:
        picture.draw(drawing, seen, names)
    return report.verdict(console, seen)


async def _feed_and_watch(given: DemoInput, stack: Stack, account: Account, console: Console, started: float) -> Seen:
    topic, subscription = stack.settings["EVENT_TOPIC"], stack.settings["NOTIFICATION_SUBSCRIPTION"]
    async with ServiceBusClient.from_connection_string(stack.service_bus) as client:
        told, holds = await _exchanged(given, stack, client, account, console)
        untold = await _mails_out(client, topic, subscription)
        dead = await waiting_in_queue(client, stack.settings["REQUEST_QUEUE"], dead=True)
        dead += await waiting_in_queue(client, stack.settings["APPROVAL_QUEUE"], dead=True)
        parked = await waiting_in_queue(client, stack.settings["PARKED_QUEUE"])
    ledger = await read_ledger(stack.storage)
    ledger = replace(ledger, requests=tuple(with_undone(ledger.requests, told)))
    write_lines(given.folder.events, told)
    write_lines(given.folder.outcomes, [outcome_line(row) for row in ledger.requests])
    await _keep_tenant(stack, given.folder.tenant_after)
    rules = rules_at_work(told, given.forecasts)
    return Seen(
        account=account,
        ledger=ledger,
        parked=parked,
        dead=dead,
        mails=len(list(stack.mail.glob("*.eml"))),
        untold=untold,
        left_out=len(given.feed.faults),
        misfits=_misfits(told),
        too_late=given.too_late,
        seconds=time.monotonic() - started,
        holds=holds,
        rules=rules,
        idle=idle(rules) if given.is_story else (),
        forecasts=given.forecasts,
        ending=_ending(told),
    )


async def _exchanged(
    given: DemoInput, stack: Stack, client: ServiceBusClient, account: Account, console: Console
) -> tuple[list[dict[str, Any]], HoldBook]:
    """Sends the feed and collects events until every outcome has come, or none comes any more."""
    expected, messages = account.total - given.too_late, list(given.messages)
    holds = HoldBook(account.expected)
    look_again = given.rules.hold.look_again + _APPROVALS_WAY
    with (
        watched(console, len(messages), expected) as progress,
        tracing(given.telemetry, _PRODUCER) as provider,
    ):
        exchange = Exchange(
            account,
            holds,
            given.person,
            progress,
            expected,
            max(PATIENCE, look_again),
            longest_hold=LONGEST_HOLD,
            clock=SystemClock(),
            tracer=provider.get_tracer(_PRODUCER),
        )
        await exchange.run(client, stack.settings, messages)
    return exchange.told, holds


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


def _ending(told: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    kind = ExceptionEnvelope.model_fields["type"].default
    return list({event["id"]: event["data"] for event in told if event["type"] == kind}.values())


def _misfits(told: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    of_each = {event["id"]: event["data"] for event in told}.values()
    return [(data["requestId"], data["message"]) for data in of_each if data.get("code") == Code.INVALID_REQUEST]


def _names(tenant: Path) -> dict[str, str]:
    users = json.loads(tenant.read_text(encoding="utf-8"))["users"]
    return {str(user["employeeId"]).lower(): user["userPrincipalName"] for user in users if user.get("employeeId")}
