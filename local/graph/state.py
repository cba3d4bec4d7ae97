"""Everything that the twin knows and that changes while it runs."""

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from local.clock import Clock, SystemClock
from local.graph.exchange import JsonObject
from local.graph.faults import FaultBox
from local.graph.journal import Journal, opened
from local.graph.mailbox import Mailbox
from local.graph.request_log import RequestLog, RequestRecord
from local.graph.switches import Switches, switches_as_json
from local.graph.tenant.model import Tenant
from local.graph.tenant.reading import TenantFile
from local.graph.tenant.writing import tenant_as_json
from local.graph.throttling import Throttles


@dataclass
class TwinState:
    """The tenant, the switches, the faults that wait, the mails and what was asked."""

    tenant: Tenant
    switches: Switches
    faults: FaultBox
    mailbox: Mailbox
    mail_senders: frozenset[str]
    clock: Clock
    journal: Journal = field(default_factory=Journal)
    throttles: Throttles = field(default_factory=Throttles)

    def __post_init__(self) -> None:
        self.log = RequestLog(self.switches.request_log)
        self.random = random.Random(self.switches.seed)  # noqa: S311 - latency, order and request ids, no secrets

    @property
    def requests(self) -> deque[RequestRecord]:
        """What was asked, oldest first, as far as it is kept."""
        return self.log.records

    def seen_from(self, now: datetime) -> datetime:
        """Returns the moment whose state a read sees."""
        return now - timedelta(seconds=self.switches.stale_read_seconds)

    def reported_at(self, now: datetime) -> datetime:
        """Returns the moment at which the registration report was made."""
        return now - timedelta(seconds=self.switches.report_lag_seconds)

    def change(self, switches: Switches) -> None:
        """Turns switches while the twin runs."""
        if switches.seed != self.switches.seed:
            self.random.seed(switches.seed)
        self.log.keep(switches.request_log)
        self.switches = switches

    def as_json(self) -> JsonObject:
        """Writes the tenant file as it would have to be for all to be as it is now."""
        graph = {**switches_as_json(self.switches), "faults": self.faults.as_json()}
        return {**tenant_as_json(self.tenant), "graph": graph}


def fresh_state(
    file: TenantFile,
    *,
    mailbox: Mailbox | None = None,
    mail_senders: frozenset[str] = frozenset(),
    clock: Clock | None = None,
    path: Path | None = None,
) -> TwinState:
    """Makes the state that a tenant file describes, and that was changed since where it is kept in a file."""
    senders = frozenset(sender.lower() for sender in mail_senders)
    faults = FaultBox(file.faults)
    journal = opened(path, file.tenant) if path else Journal()
    clock, mailbox = clock or SystemClock(), mailbox or Mailbox()
    return TwinState(file.tenant, file.switches, faults, mailbox, senders, clock, journal)
