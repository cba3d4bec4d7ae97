"""What the change service is made of: the ports it uses, the options it runs with."""

from dataclasses import dataclass, field
from datetime import timedelta

from shared.backoff import LATE_WRITE, longest_pass
from shared.history_ports import ChangeHistory, NumberIndex, PreviousNumbers
from shared.policy.load import LoadedPolicy
from shared.ports import Brake, Clock, Directory, EventSink, Ledger, Outbox, RequestQueue, WaitingRequests, Watermarks
from shared.steps import StepRunner, traced


@dataclass(frozen=True, slots=True)
class ChangePorts:
    """The world as the change service sees it."""

    clock: Clock
    directory: Directory
    ledger: Ledger
    outbox: Outbox
    watermarks: Watermarks
    waiting: WaitingRequests
    history: ChangeHistory
    numbers: NumberIndex
    previous: PreviousNumbers
    brake: Brake
    events: EventSink
    queue: RequestQueue


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """How the change service runs; the defaults come from `Settings`."""

    event_source: str
    # The key in use, then those that older rows were made with.
    number_keys: tuple[bytes, ...] = field(repr=False)
    # The longest single wait while the message is held.
    in_place_wait: timedelta = timedelta(seconds=5)
    # All the time that one delivery may take, waits included; the host renews the lock for longer than that.
    process_budget: timedelta = timedelta(seconds=240)
    # How long a write may stay invisible before the request is put off.
    read_back: timedelta = timedelta(seconds=20)
    # The longest that one call of Graph may take.
    graph_timeout: timedelta = timedelta(seconds=20)

    @property
    def longest_pass(self) -> timedelta:
        """How long one pass through the steps may take."""
        seconds = longest_pass(self.graph_timeout.total_seconds(), self.read_back.total_seconds())
        return timedelta(seconds=seconds)

    @property
    def last_effect(self) -> timedelta:
        """How long after a delivery began a write of it may still take effect."""
        return self.process_budget + timedelta(seconds=LATE_WRITE)

    @property
    def number_key(self) -> bytes:
        """The key that new hashes are made with."""
        return self.number_keys[0]


@dataclass(frozen=True, slots=True)
class ChangeParts:
    """Everything that the steps share."""

    ports: ChangePorts
    policy: LoadedPolicy
    options: ChangeOptions
    run: StepRunner = traced
