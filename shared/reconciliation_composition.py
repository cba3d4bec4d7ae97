"""The reconciliation's part of the composition root: its tables, and its own way to Azure Monitor."""

from azure.identity.aio import ManagedIdentityCredential

from shared.monitor.completion_count import MonitorCompletionCount
from shared.policy.load import LoadedPolicy
from shared.ports import Clock, EventSink
from shared.reconciliation.judging import QueueJudge
from shared.reconciliation.service import ReconciliationService
from shared.settings import Settings
from shared.tables.overdue import TableOverdueRequests
from shared.tables.receipts import TableReceipts
from shared.tables.reconciliation import TableReconciliationLog
from shared.tables.store import TableStore


def build_reconciliation(
    settings: Settings, policy: LoadedPolicy, store: TableStore, clock: Clock, events: EventSink
) -> ReconciliationService:
    """Builds it on the real far ends; connections open at their first use."""
    age = policy.rules.request_age
    return ReconciliationService(
        clock=clock,
        log=TableReconciliationLog(store),
        judge=QueueJudge(_monitor(settings, clock), TableReceipts(store)),
        requests=TableOverdueRequests(store),
        events=events,
        queues=(settings.request_queue, settings.approval_queue),
        # It counts from what the request says, whose clock may be ahead.
        longest_age=age.longest + age.clock_tolerance,
        source=settings.event_source,
    )


def _monitor(settings: Settings, clock: Clock) -> MonitorCompletionCount | None:
    if not settings.service_bus_resource_id:
        return None
    credential = ManagedIdentityCredential(client_id=settings.reconcile_client_id)
    return MonitorCompletionCount(settings.monitor_endpoint, settings.service_bus_resource_id, credential, clock)
