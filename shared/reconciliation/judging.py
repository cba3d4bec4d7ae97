"""Judges one queue: which minutes, what the broker counted in them, and which receipts there are for it."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import MonitorUnavailableError
from shared.reconciliation.findings import Judged
from shared.reconciliation.matching import TOLERANCE, Balance, baseline, is_blind, match, minute_of
from shared.reconciliation.ports import CompletionCount, ReceiptReader

_LOG = logging.getLogger(__name__)
# Azure Monitor counts by the minute and is eventually consistent: what is younger may still grow.
MONITOR_LAG = timedelta(minutes=15)
# One question covers so many minutes; after a longer time in the dark it is counted anew.
LONGEST_GAP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QueueJudge:
    """Compares completions with receipts; without a monitor nothing is known."""

    monitor: CompletionCount | None
    receipts: ReceiptReader

    async def judge(
        self, queue: str, balance: Balance | None, looked_at: datetime | None, now: datetime
    ) -> tuple[Judged, Balance]:
        """Judges the minutes that have gone by since the last time, and gives the balance to go on from.

        Not those after `looked_at`: only up to then the storage is known to have taken receipts, so that whatever a
        worker still held back at an outage has been written since.
        """
        if balance is None or now - balance.through > LONGEST_GAP:
            _LOG.warning("Completions of %s are counted from now on; what came before is not known.", queue)
            return Judged(queue), baseline(now)
        until = minute_of(min(now - MONITOR_LAG, looked_at or now - LONGEST_GAP))
        if self.monitor is None or until <= balance.through:
            return Judged(queue), balance
        try:
            return await self._matched(self.monitor, queue, balance, until)
        except MonitorUnavailableError as fault:
            _LOG.warning("Completions of %s cannot be asked for: %s", queue, fault)
            return Judged(queue), balance

    async def _matched(
        self, monitor: CompletionCount, queue: str, balance: Balance, until: datetime
    ) -> tuple[Judged, Balance]:
        completed = await monitor.completed(queue, balance.through, until)
        receipts = await self.receipts.between(queue, balance.spent.at, until + TOLERANCE)
        if is_blind(balance, completed, receipts, until):
            _LOG.warning("Azure Monitor counts no completion of %s although functions were called.", queue)
            return Judged(queue), balance
        found = match(balance, completed, receipts, until)
        if found.vanished:
            words = "%d messages left the queue %s between %s and %s, and no function saw them."
            _LOG.error(words, found.vanished, queue, balance.through.isoformat(), until.isoformat())
        return Judged(queue, found.vanished), found.balance
