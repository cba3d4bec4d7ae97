"""What people's commands are made of: a piece of the app, built from the same settings and closed afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from shared.approvals.desk import ApprovalDesk
from shared.blobs.report_store import BlobReportStore
from shared.blobs.store import BlobStore
from shared.blobs.work_files import BlobWorkFiles
from shared.brake.service import BrakeService
from shared.bus.approval_queue import ApprovalQueue
from shared.bus.connection import BusConnection
from shared.bus.event_topic import EventTopic
from shared.bus.sender import SharedSender
from shared.bus.step_queue import BusStepQueue
from shared.clock import SystemClock
from shared.command_settings import CommandSettings, read_as
from shared.policy.load import LoadedPolicy, load_policy
from shared.sweep.desk import SweepDesk
from shared.tables.brake import TableBrakeLog
from shared.tables.held import TableHeldRequests
from shared.tables.ledger import TableLedger
from shared.tables.store import TableStore
from shared.tables.sweep_runs import TableRunLog


@dataclass(frozen=True, slots=True)
class CommandConfiguration:
    """What a command is told: connections and policy, both checked, and none of the app's secrets."""

    settings: CommandSettings
    policy: LoadedPolicy


def command_configuration() -> CommandConfiguration:
    """Reads settings and policy. Raises ConfigurationError."""
    settings = read_as(CommandSettings)
    return CommandConfiguration(settings, load_policy(settings.policy_path))


@asynccontextmanager
async def brake_of(told: CommandConfiguration) -> AsyncIterator[BrakeService]:
    """Gives the brake alone, for a person's command."""
    settings, store, bus = told.settings, TableStore(told.settings), BusConnection(told.settings)
    sender = SharedSender(lambda: bus.client.get_topic_sender(settings.event_topic))
    rules = told.policy.rules.brake
    try:
        yield BrakeService(SystemClock(), TableBrakeLog(store), EventTopic(sender), rules, settings.event_source)
    finally:
        await sender.close()
        await bus.close()
        await store.close()


@asynccontextmanager
async def approval_desk_of(told: CommandConfiguration) -> AsyncIterator[ApprovalDesk]:
    """Gives what a second person needs: the held requests, and the queue for what is decided about them."""
    settings, store, bus = told.settings, TableStore(told.settings), BusConnection(told.settings)
    sender = SharedSender(lambda: bus.client.get_queue_sender(settings.approval_queue))
    held, queue = TableHeldRequests(store), ApprovalQueue(sender)
    try:
        yield ApprovalDesk(SystemClock(), TableLedger(store), held, queue, told.policy.rules)
    finally:
        await sender.close()
        await bus.close()
        await store.close()


@asynccontextmanager
async def sweep_desk_of(told: CommandConfiguration) -> AsyncIterator[SweepDesk]:
    """Gives what a person needs of the sweep: its runs, its queue, its reports."""
    settings, store, bus = told.settings, TableStore(told.settings), BusConnection(told.settings)
    blobs, clock = BlobStore(settings), SystemClock()
    sender = SharedSender(lambda: bus.client.get_queue_sender(settings.sweep_queue))
    try:
        yield SweepDesk(
            clock,
            TableRunLog(store),
            BusStepQueue(sender, clock),
            BlobWorkFiles(blobs, settings.sweep_work_container),
            BlobReportStore(blobs, settings.sweep_report_container),
            told.policy.version,
        )
    finally:
        await sender.close()
        await bus.close()
        await store.close()
        await blobs.close()
