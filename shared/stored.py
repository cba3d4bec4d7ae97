"""What the state storage keeps: the adapter of every table, and how long rows stay."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from shared.policy.load import LoadedPolicy
from shared.ports import Clock
from shared.retention import HISTORY_RETENTION, NOTICE_RETENTION, Retained, RetentionService
from shared.settings import Settings
from shared.tables.brake import TableBrakeLog
from shared.tables.change_history import TableChangeHistory
from shared.tables.ledger import TableLedger
from shared.tables.notifications import TableNotificationLog
from shared.tables.number_index import TableNumberIndex
from shared.tables.passkey_notices import TableNoticeLog
from shared.tables.previous_numbers import TablePreviousNumbers
from shared.tables.receipts import TableReceipts
from shared.tables.store import TableStore
from shared.tables.unfinished import TableUnfinishedRecords
from shared.tables.waiting import TableWaitingRequests
from shared.tables.watermarks import TableWatermarks
from shared.vault.choosing import key_wrap

# A day more than the reconciliation looks back.
RECEIPT_RETENTION = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Stored:
    """The tables that several services share."""

    ledger: TableLedger
    watermarks: TableWatermarks
    waiting: TableWaitingRequests
    history: TableChangeHistory
    numbers: TableNumberIndex
    previous: TablePreviousNumbers
    brake_log: TableBrakeLog
    mails: TableNotificationLog

    @classmethod
    def of(cls, store: TableStore, clock: Clock, settings: Settings, policy: LoadedPolicy) -> Self:
        """Makes the adapters; connections open at their first use."""
        return cls(
            TableLedger(store),
            TableWatermarks(store),
            TableWaitingRequests(store),
            TableChangeHistory(store),
            TableNumberIndex(store),
            TablePreviousNumbers(store, clock, key_wrap(settings, clock), policy.rules.undo.retention),
            TableBrakeLog(store),
            TableNotificationLog(store, clock),
        )


def retention_of(
    stored: Stored, store: TableStore, clock: Clock, settings: Settings, policy: LoadedPolicy
) -> RetentionService:
    """Builds what purges each table by its own retention."""
    longest = timedelta(days=settings.ledger_retention_days)
    by_the_ledger = (stored.ledger, stored.watermarks, stored.mails, stored.brake_log)
    return RetentionService(
        clock=clock,
        kept=(
            *(Retained(records, longest) for records in by_the_ledger),
            Retained(stored.previous, policy.rules.undo.retention),
            Retained(stored.history, HISTORY_RETENTION),
            Retained(TableNoticeLog(store), NOTICE_RETENTION),
            Retained(TableReceipts(store), RECEIPT_RETENTION),
        ),
        unfinished=TableUnfinishedRecords(store, clock),
        unfinished_after=longest,
    )
