"""The composition root: builds every adapter and service from the settings, once per worker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Self

from azure.servicebus.aio import ServiceBusClient

from shared.brake.service import BrakeService
from shared.bus.connection import BusConnection
from shared.bus.event_topic import EventTopic
from shared.bus.request_queue import BusRequestQueue
from shared.bus.sender import SharedSender
from shared.change.parts import ChangeOptions, ChangeParts, ChangePorts
from shared.change.process import ChangeService
from shared.clock import SystemClock
from shared.dead_letters.drain import DeadLetterService
from shared.errors import SettingsError
from shared.graph.calls import GraphCalls
from shared.graph.client import GraphConnection, connect_graph
from shared.graph.directory import GraphDirectory
from shared.graph.mailbox import MAILBOX_CONCURRENCY, GraphMailbox
from shared.graph.users import GraphUsers
from shared.notify.service import NotificationService
from shared.outbox.dispatch import OutboxService
from shared.policy.load import LoadedPolicy, load_policy
from shared.ports import Brake
from shared.retention import RetentionService
from shared.settings import Settings, read_settings
from shared.tables.brake import TableBrakeLog
from shared.tables.ledger import TableLedger
from shared.tables.notifications import TableNotificationLog
from shared.tables.store import TableStore
from shared.tables.unfinished import TableUnfinishedRecords
from shared.tables.waiting import TableWaitingRequests
from shared.tables.watermarks import TableWatermarks


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the app is told: settings and policy, both checked."""

    settings: Settings
    policy: LoadedPolicy


@dataclass(frozen=True, slots=True)
class Application:
    """The services behind the functions."""

    changes: ChangeService
    dead_letters: DeadLetterService
    outbox: OutboxService
    notifications: NotificationService
    retention: RetentionService
    brake: Brake


@cache
def configuration() -> Configuration:
    """Reads settings and policy. Raises ConfigurationError, so that a badly set up app does not start."""
    settings = read_settings()
    policy = load_policy(settings.policy_path)
    _retention_outlasts_requests(settings, policy)
    return Configuration(settings, policy)


def _retention_outlasts_requests(settings: Settings, policy: LoadedPolicy) -> None:
    """A repeat of a request that has not expired must find its record."""
    age = policy.rules.request_age
    longest = age.longest + age.clock_tolerance
    if timedelta(days=settings.ledger_retention_days) <= longest:
        message = (
            f"LEDGER_RETENTION_DAYS ({settings.ledger_retention_days}) must be more than the policy's longest request "
            f"age with the clock tolerance ({longest / timedelta(days=1):g} days): a repeat must find its record."
        )
        raise SettingsError(message)


@cache
def application() -> Application:
    """Gives the worker's services; the first call must come from the event loop on which they will be used."""
    return build_application(configuration())


@dataclass(frozen=True, slots=True)
class _FarEnds:
    """What lies beyond the worker, and the clock that calls go by."""

    settings: Settings
    clock: SystemClock
    graph: GraphConnection
    store: TableStore
    bus: ServiceBusClient

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            settings, SystemClock(), connect_graph(settings), TableStore(settings), BusConnection(settings).client
        )

    def calls(self, concurrency: int) -> GraphCalls:
        return GraphCalls(self.clock, concurrency, self.settings.graph_timeout_seconds)

    def queue(self, name: str) -> SharedSender:
        return SharedSender(lambda: self.bus.get_queue_sender(name))

    def topic(self) -> EventTopic:
        return EventTopic(SharedSender(lambda: self.bus.get_topic_sender(self.settings.event_topic)))


def build_application(told: Configuration) -> Application:
    """Builds the services on the real far ends; connections open at their first use."""
    ends = _FarEnds.of(told.settings)
    directory_calls, mails = ends.calls(told.settings.graph_concurrency), TableNotificationLog(ends.store, ends.clock)
    ports = _ports(told, ends, GraphDirectory(ends.graph.client, directory_calls))
    parts = ChangeParts(ports, told.policy, _options(told.settings))
    return Application(
        changes=ChangeService(parts),
        dead_letters=DeadLetterService(parts),
        outbox=OutboxService(ends.clock, ports.outbox, ports.events),
        notifications=NotificationService(
            clock=ends.clock,
            recipients=GraphUsers(ends.graph.client, directory_calls),
            mail=GraphMailbox(ends.graph.client, ends.calls(MAILBOX_CONCURRENCY), told.settings.mail_sender),
            log=mails,
            policy=told.policy,
        ),
        retention=_retention(ends, mails),
        brake=ports.brake,
    )


def _ports(told: Configuration, ends: _FarEnds, directory: GraphDirectory) -> ChangePorts:
    ledger, events, settings = TableLedger(ends.store), ends.topic(), told.settings
    requests, parked = ends.queue(settings.request_queue), ends.queue(settings.parked_queue)
    rules = told.policy.rules.brake
    return ChangePorts(
        clock=ends.clock,
        directory=directory,
        ledger=ledger,
        outbox=ledger,
        watermarks=TableWatermarks(ends.store),
        waiting=TableWaitingRequests(ends.store),
        brake=BrakeService(ends.clock, TableBrakeLog(ends.store), events, rules, settings.event_source),
        events=events,
        queue=BusRequestQueue(requests, parked, ends.clock, settings.number_keys[0]),
    )


def _retention(ends: _FarEnds, mails: TableNotificationLog) -> RetentionService:
    store = ends.store
    return RetentionService(
        clock=ends.clock,
        records=(TableLedger(store), TableWatermarks(store), mails, TableBrakeLog(store)),
        unfinished=TableUnfinishedRecords(store),
        retention=timedelta(days=ends.settings.ledger_retention_days),
    )


@asynccontextmanager
async def brake_of(told: Configuration) -> AsyncIterator[BrakeService]:
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


def _options(settings: Settings) -> ChangeOptions:
    return ChangeOptions(
        event_source=settings.event_source,
        number_keys=settings.number_keys,
        in_place_wait=timedelta(seconds=settings.in_place_wait_seconds),
        process_budget=timedelta(seconds=settings.process_budget_seconds),
        read_back=timedelta(seconds=settings.read_back_seconds),
        graph_timeout=timedelta(seconds=settings.graph_timeout_seconds),
    )
