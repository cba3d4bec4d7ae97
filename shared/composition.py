"""The composition root: builds every adapter and service from the settings, once per worker."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Self

from azure.servicebus.aio import ServiceBusClient

from shared.approvals.service import ApprovalService
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
from shared.exception_report.service import ExceptionReportService
from shared.graph.calls import GraphCalls
from shared.graph.client import GraphConnection, connect_graph
from shared.graph.directory import GraphDirectory
from shared.graph.mailbox import MAILBOX_CONCURRENCY, GraphMailbox
from shared.graph.users import GraphUsers
from shared.notify.service import NotificationService
from shared.outbox.dispatch import OutboxService
from shared.policy.load import LoadedPolicy, load_policy
from shared.ports import Brake
from shared.reconciliation.receipts import Receipts
from shared.reconciliation.service import ReconciliationService
from shared.reconciliation_composition import build_reconciliation
from shared.retention import RetentionService
from shared.settings import Settings, read_settings
from shared.stored import Stored, retention_of
from shared.sweep.live_traffic import ChangesUnderWay
from shared.sweep.service import SweepService
from shared.sweep_composition import SharedWithSweep, SweepEnds, build_sweep
from shared.tables.receipts import TableReceipts
from shared.tables.store import TableStore


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
    approvals: ApprovalService
    exceptions: ExceptionReportService
    retention: RetentionService
    brake: Brake
    live: ChangesUnderWay
    sweep: SweepService
    receipts: Receipts
    reconciliation: ReconciliationService


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
    if timedelta(days=settings.ledger_retention_days) < policy.rules.undo.retention:
        message = "LEDGER_RETENTION_DAYS is less than the policy's undo.retention: an undo must find the record, too."
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
    stored = Stored.of(ends.store, ends.clock, told.settings, told.policy)
    directory_calls = ends.calls(told.settings.graph_concurrency)
    mailbox = GraphMailbox(ends.graph.client, ends.calls(MAILBOX_CONCURRENCY), told.settings.mail_sender)
    listed_groups = told.policy.rules.protected_users.groups
    ports = _ports(told, ends, stored, GraphDirectory(ends.graph.client, directory_calls, listed_groups))
    parts = ChangeParts(ports, told.policy, _options(told.settings))
    source, events, live = told.settings.event_source, ports.events, ChangesUnderWay()
    common = SharedWithSweep(
        clock=ends.clock,
        store=ends.store,
        steps=ends.queue(told.settings.sweep_queue),
        requests=ends.queue(told.settings.request_queue),
        live=live,
        events=events,
        mail=mailbox,
        mails=stored.mails,
    )
    return Application(
        changes=ChangeService(parts),
        dead_letters=DeadLetterService(parts),
        outbox=OutboxService(ends.clock, ports.outbox, events),
        notifications=NotificationService(
            clock=ends.clock,
            recipients=GraphUsers(ends.graph.client, directory_calls),
            mail=mailbox,
            log=stored.mails,
            policy=told.policy,
        ),
        approvals=ApprovalService(
            clock=ends.clock,
            ledger=stored.ledger,
            events=events,
            queue=ports.queue,
            policy=told.policy,
            source=source,
            number_key=told.settings.number_keys[0],
        ),
        exceptions=ExceptionReportService(ends.clock, told.policy, events, mailbox, stored.mails, source),
        retention=retention_of(stored, ends.store, ends.clock, told.settings, told.policy),
        brake=ports.brake,
        live=live,
        sweep=build_sweep(told.settings, told.policy, common, SweepEnds.of(told.settings)),
        receipts=Receipts(ends.clock, TableReceipts(ends.store)),
        reconciliation=build_reconciliation(told.settings, told.policy, ends.store, ends.clock, events),
    )


def _ports(told: Configuration, ends: _FarEnds, stored: Stored, directory: GraphDirectory) -> ChangePorts:
    events, settings, rules = ends.topic(), told.settings, told.policy.rules.brake
    requests, parked = ends.queue(settings.request_queue), ends.queue(settings.parked_queue)
    return ChangePorts(
        clock=ends.clock,
        directory=directory,
        ledger=stored.ledger,
        outbox=stored.ledger,
        watermarks=stored.watermarks,
        waiting=stored.waiting,
        history=stored.history,
        numbers=stored.numbers,
        previous=stored.previous,
        brake=BrakeService(ends.clock, stored.brake_log, events, rules, settings.event_source),
        events=events,
        queue=BusRequestQueue(requests, parked, ends.clock, settings.number_keys[0]),
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
