"""A queue's traffic as it may be: deliveries of any length, deaths, clocks that differ, messages that vanish."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from shared.reconciliation.matching import (
    LONGEST_DELIVERY,
    TOLERANCE,
    Balance,
    Completed,
    Receipt,
    baseline,
    match,
    minute_of,
)
from tests.fakes.clock import START

# Together they stay within the tolerance.
CLOCKS_DIFFER, COUNTED_LATE = 45, 60
HOURS = 3
FIRST = baseline(START).through


@dataclass(frozen=True)
class Delivery:
    """One call of a function; seconds. `off` is how wrong the worker's clock is."""

    lasts: int
    off: int


@dataclass(frozen=True)
class Message:
    """One message: deliveries that came to nothing, then the last one, and whether that one completed it."""

    sequence: int
    arrives: int
    failed: tuple[Delivery, ...]
    last: Delivery
    completes: bool
    counted_late: int


@dataclass
class Traffic:
    """All that reached functions, and all that the broker counted."""

    receipts: list[Receipt] = field(default_factory=list)
    completions: list[datetime] = field(default_factory=list)
    # Deliveries that were not completed: what a loss may hide behind.
    failed: int = 0
    lost: int = 0

    def add(self, message: Message) -> None:
        """Lets a message come, be delivered, and go."""
        now = FIRST + timedelta(seconds=message.arrives)
        for delivery in (*message.failed, message.last):
            self.receipts.append(Receipt(now + timedelta(seconds=delivery.off), message.sequence))
            now += timedelta(seconds=delivery.lasts)
        self.failed += len(message.failed) + (not message.completes)
        if message.completes:
            self.completions.append(now + timedelta(seconds=message.counted_late))

    def lose(self, seconds: int) -> None:
        """Lets a message go that no function saw."""
        self.completions.append(FIRST + timedelta(seconds=seconds))
        self.lost += 1

    def vanished(self, ends: Sequence[datetime]) -> list[int]:
        """Gives what runs find that judge until each of these full minutes."""
        balance, found = baseline(START), []
        for until in ends:
            counted = Counter(minute_of(at) for at in self.completions if balance.through <= at < until)
            completed = [Completed(minute, number) for minute, number in counted.items()]
            matched = match(balance, completed, self._between(balance, until), until)
            balance = matched.balance
            found.append(matched.vanished)
        return found

    def _between(self, balance: Balance, until: datetime) -> list[Receipt]:
        return [receipt for receipt in self.receipts if balance.spent.at <= receipt.at < until + TOLERANCE]


_DELIVERIES = st.builds(
    Delivery, st.integers(0, int(LONGEST_DELIVERY.total_seconds())), st.integers(-CLOCKS_DIFFER, CLOCKS_DIFFER)
)
ARRIVALS = st.integers(0, HOURS * 3600)


def messages(completes: st.SearchStrategy[bool], *, most_failed: int = 2) -> st.SearchStrategy[list[Message]]:
    """Gives messages with sequence numbers of their own."""
    one = st.builds(
        Message,
        sequence=st.just(0),
        arrives=ARRIVALS,
        failed=st.lists(_DELIVERIES, max_size=most_failed).map(tuple),
        last=_DELIVERIES,
        completes=completes,
        counted_late=st.integers(0, COUNTED_LATE),
    )
    return st.lists(one, max_size=30).map(lambda all_: [replace(m, sequence=n) for n, m in enumerate(all_)])


def runs() -> st.SearchStrategy[list[datetime]]:
    """Gives the full minutes until which runs judge; the last one is when everything is over."""
    over = FIRST + timedelta(hours=HOURS + 2)
    cuts = st.lists(st.integers(1, HOURS * 60), max_size=8).map(sorted)
    return cuts.map(lambda minutes: [*(FIRST + timedelta(minutes=minute) for minute in minutes), over])


def of(messages: Sequence[Message], losses: Sequence[int] = ()) -> Traffic:
    """Gives the traffic of messages and of losses, by their seconds."""
    traffic = Traffic()
    for message in messages:
        traffic.add(message)
    for seconds in losses:
        traffic.lose(seconds)
    return traffic
