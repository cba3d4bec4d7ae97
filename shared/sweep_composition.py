"""The sweep's part of the composition root: its own way to Graph, its queue, tables and containers."""

from dataclasses import dataclass
from typing import Self

from shared.blobs.report_store import BlobReportStore
from shared.blobs.store import BlobStore
from shared.blobs.work_files import BlobWorkFiles
from shared.bus.change_requests import ChangeRequestQueue
from shared.bus.sender import SharedSender
from shared.bus.step_queue import BusStepQueue
from shared.graph.calls import GraphCalls
from shared.graph.client import GraphConnection, connect_sweep_graph
from shared.graph.sweeping.method_reader import GraphMethodReader
from shared.graph.sweeping.people_list import GraphPeopleList
from shared.graph.sweeping.phone_reader import GraphPhoneReader
from shared.graph.sweeping.protection_reader import GraphProtectionReader
from shared.graph.sweeping.registration_report import GraphRegistrationReport
from shared.notify.ports import MailSender, NotificationLog
from shared.policy.load import LoadedPolicy
from shared.ports import Clock, EventSink
from shared.settings import Settings
from shared.sweep.parts import SweepOptions, SweepParts, SweepPorts
from shared.sweep.ports import LiveTraffic
from shared.sweep.service import SweepService
from shared.tables.expected_numbers import TableExpectedNumbers
from shared.tables.passkey_notices import TableNoticeLog
from shared.tables.store import TableStore
from shared.tables.sweep_runs import TableRunLog

# Reports have a limit of their own, and pages of it come one after the other.
_REPORTS_AT_ONCE = 1


@dataclass(frozen=True, slots=True)
class SharedWithSweep:
    """What the sweep has in common with the rest of the app."""

    clock: Clock
    store: TableStore
    steps: SharedSender
    requests: SharedSender
    live: LiveTraffic
    events: EventSink
    mail: MailSender
    mails: NotificationLog


@dataclass(frozen=True, slots=True)
class SweepEnds:
    """The sweep's own connections; whoever opens them for a while closes them."""

    graph: GraphConnection
    blobs: BlobStore

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Makes them; they open at their first use."""
        client_id = settings.sweep_client_id or settings.graph_client_id
        return cls(connect_sweep_graph(settings, client_id), BlobStore(settings))

    async def close(self) -> None:
        """Closes them."""
        await self.graph.close()
        await self.blobs.close()


def build_sweep(settings: Settings, policy: LoadedPolicy, common: SharedWithSweep, ends: SweepEnds) -> SweepService:
    """Builds the sweep on the real far ends; connections open at their first use."""
    options = SweepOptions(
        event_source=settings.event_source,
        report_calls_per_10_s=settings.sweep_report_calls_per_10_s,
        reads_per_10_s=settings.sweep_reads_per_10_s,
    )
    return SweepService(SweepParts(_ports(settings, policy, common, ends), policy, options))


def _ports(settings: Settings, policy: LoadedPolicy, common: SharedWithSweep, ends: SweepEnds) -> SweepPorts:
    graph = ends.graph.client
    reports = GraphCalls(common.clock, _REPORTS_AT_ONCE, settings.graph_timeout_seconds)
    calls = GraphCalls(common.clock, settings.sweep_concurrency, settings.graph_timeout_seconds)
    return SweepPorts(
        clock=common.clock,
        runs=TableRunLog(common.store),
        queue=BusStepQueue(common.steps, common.clock),
        files=BlobWorkFiles(ends.blobs, settings.sweep_work_container),
        reports=BlobReportStore(ends.blobs, settings.sweep_report_container),
        registration=GraphRegistrationReport(graph, reports),
        people=GraphPeopleList(graph, calls),
        methods=GraphMethodReader(graph, calls, policy.rules, settings.number_keys),
        protection=GraphProtectionReader(graph, calls, policy.rules),
        expected=TableExpectedNumbers(common.store),
        live=common.live,
        events=common.events,
        mail=common.mail,
        mails=common.mails,
        requests=ChangeRequestQueue(common.requests),
        phones=GraphPhoneReader(graph, calls),
        notices=TableNoticeLog(common.store),
    )
