"""Looks regularly whether messages vanished and whether requests never ended; a turn for the worse is an event."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.errors import LedgerConflictError, LedgerRefusedError, TransientError
from shared.messages.reconcile_event import reconcile_event
from shared.ports import Clock, EventSink
from shared.reconciliation.findings import Findings, Overdue, ReconciliationState, Result, turn_after
from shared.reconciliation.judging import QueueJudge
from shared.reconciliation.metrics import record, record_failed
from shared.reconciliation.ports import OverdueRequests, ReconciliationLog

_LOG = logging.getLogger(__name__)
# How long after the storage works again a worker may still hold receipts back.
FLUSH = timedelta(minutes=2)
# The requests are a range of keys in every bucket of the ledger: too much to read every few minutes.
_OVERDUE_EVERY = timedelta(minutes=55)
# A request that is past its end waits for its turn for 15 minutes at most, and is then delivered a few times, or is
# a dead letter first.
OVERDUE_MARGIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ReconciliationService:
    """Reconciles, from one run to the next.

    `longest_age` is how long after it was accepted a request ends by itself, by policy.
    """

    clock: Clock
    log: ReconciliationLog
    judge: QueueJudge
    requests: OverdueRequests
    events: EventSink
    queues: tuple[str, ...]
    longest_age: timedelta
    source: str

    async def reconcile(self) -> Result:
        """Does one run, and gives what it came to; what is out of order is `unknown`, and the next run catches up."""
        try:
            return await self._run(await self.log.state())
        except LedgerConflictError:
            _LOG.info("Another run was faster.")
        except (TransientError, LedgerRefusedError) as fault:
            _LOG.warning("Nothing could be reconciled: %s", fault)
            record_failed()
        return Result.UNKNOWN

    async def _run(self, before: ReconciliationState) -> Result:
        now, balances, judged = self.clock.now(), dict(before.balances), []
        for queue in self.queues:
            verdict, balances[queue] = await self.judge.judge(queue, balances.get(queue), before.looked_at, now)
            judged.append(verdict)
        overdue, overdue_at = await self._overdue(before, now)
        found = Findings(now, tuple(judged), overdue)
        after = await self.log.put(
            replace(
                before,
                looked_at=_looked_at(before.looked_at, now),
                balances=balances,
                overdue=overdue,
                overdue_at=overdue_at,
                turn=turn_after(before.turn, found),
            )
        )
        # Only now: of two runs at once only one gets so far.
        record(found)
        await self._tell(after)
        return found.result

    async def _overdue(self, before: ReconciliationState, now: datetime) -> tuple[Overdue, datetime]:
        if before.overdue_at is not None and now - before.overdue_at < _OVERDUE_EVERY:
            return before.overdue, before.overdue_at
        margin = now - OVERDUE_MARGIN
        found = await self.requests.overdue(margin - self.longest_age, margin)
        if found.requests:
            words = "%d requests are past their end and have no outcome; the oldest: %s"
            _LOG.error(words, found.requests, ", ".join(found.request_ids))
        return found, now

    async def _tell(self, state: ReconciliationState) -> None:
        """Sends the event of the last turn, also where that was not possible at the time."""
        if state.turn is None or state.turn.told:
            return
        try:
            await self.events.publish(reconcile_event(state.turn.findings, self.source))
            await self.log.put(replace(state, turn=replace(state.turn, told=True)))
        except TransientError as fault:
            _LOG.warning("The event of the reconciliation waits: %s", fault)


def _looked_at(before: datetime | None, now: datetime) -> datetime:
    """Gives the moment up to which the next run may judge; of runs in quick succession it is the first one's."""
    return before if before is not None and now - before < FLUSH else now
