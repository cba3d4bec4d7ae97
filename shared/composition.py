"""The composition root: builds every adapter and service from the settings, once per worker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

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
from shared.graph.client import connect_graph
from shared.graph.directory import GraphDirectory
from shared.graph.mailbox import MAILBOX_CONCURRENCY, GraphMailbox
from shared.graph.users import GraphUsers
from shared.notify.service import NotificationService
from shared.outbox.dispatch import OutboxService
from shared.policy.load import LoadedPolicy, load_policy
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


def build_application(told: Configuration) -> Application:
    """Builds the services on the real far ends; connections open at their first use."""
    settings, clock = told.settings, SystemClock()
    graph, store = connect_graph(settings), TableStore(settings)
    calls = GraphCalls(clock, settings.graph_concurrency, settings.graph_timeout_seconds)
    mail_calls = GraphCalls(clock, MAILBOX_CONCURRENCY, settings.graph_timeout_seconds)
    ledger = TableLedger(store)
    ports = _ports(told, clock, GraphDirectory(graph.client, calls), ledger, store)
    parts = ChangeParts(ports, told.policy, _options(settings))
    mails = TableNotificationLog(store, clock)
    return Application(
        changes=ChangeService(parts),
        dead_letters=DeadLetterService(parts),
        outbox=OutboxService(clock, ledger, ports.events),
        notifications=NotificationService(
            clock=clock,
            recipients=GraphUsers(graph.client, calls),
            mail=GraphMailbox(graph.client, mail_calls, settings.mail_sender),
            log=mails,
            policy=told.policy,
        ),
        retention=RetentionService(
            clock=clock,
            records=(ledger, TableWatermarks(store), mails, TableBrakeLog(store)),
            unfinished=TableUnfinishedRecords(store),
            retention=timedelta(days=settings.ledger_retention_days),
        ),
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


def _ports(
    told: Configuration, clock: SystemClock, directory: GraphDirectory, ledger: TableLedger, store: TableStore
) -> ChangePorts:
    settings = told.settings
    client = BusConnection(settings).client
    events = EventTopic(SharedSender(lambda: client.get_topic_sender(settings.event_topic)))
    brake = BrakeService(clock, TableBrakeLog(store), events, told.policy.rules.brake, settings.event_source)
    requests = SharedSender(lambda: client.get_queue_sender(settings.request_queue))
    parked = SharedSender(lambda: client.get_queue_sender(settings.parked_queue))
    return ChangePorts(
        clock=clock,
        directory=directory,
        ledger=ledger,
        outbox=ledger,
        watermarks=TableWatermarks(store),
        waiting=TableWaitingRequests(store),
        brake=brake,
        events=events,
        queue=BusRequestQueue(requests, parked, clock, settings.number_keys[0]),
    )


def _options(settings: Settings) -> ChangeOptions:
    return ChangeOptions(
        event_source=settings.event_source,
        number_keys=settings.number_keys,
        in_place_wait=timedelta(seconds=settings.in_place_wait_seconds),
        process_budget=timedelta(seconds=settings.process_budget_seconds),
        read_back=timedelta(seconds=settings.read_back_seconds),
        graph_timeout=timedelta(seconds=settings.graph_timeout_seconds),
    )
