"""Finds completed messages that no function saw: each completion needs a receipt of its own. Pure.

A function that is called writes a receipt, and the host completes the message when the function has returned. So a
completion at a time t has a receipt between t less the longest delivery and t. Completions take receipts in the order
of time, the oldest that fits first. All their spans are equally long, so no other choice leaves fewer of them without
one: whoever is left over is proof of a message that vanished, and no tolerance of messages is needed.

What a loss can hide behind are receipts whose deliveries were not completed: of those that are under way, and of
those that came to nothing. A redelivery has the same sequence number and takes the place of the receipt before it,
and after the longest delivery a receipt is too old for everybody. The balance goes on from where the last run left it,
so that nothing can hide at the edges of windows.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
# functionTimeout in host.json: the host itself ends what takes longer.
LONGEST_DELIVERY = timedelta(minutes=10)
# The worker's clock stamps receipts and the broker's stamps completions, which are counted by the minute.
TOLERANCE = timedelta(minutes=2)
# So many receipts and not one completion say that the count is not to be trusted.
_BLIND = 10
_SURELY_COMPLETED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, order=True)
class Receipt:
    """That a function was called for a message, and when, UTC. Dead letters have sequence numbers of their own."""

    at: datetime
    sequence: int
    dead_letter: bool = False


@dataclass(frozen=True, slots=True)
class Completed:
    """How many messages were completed in the minute that begins at a time, UTC."""

    minute: datetime
    messages: int


@dataclass(frozen=True, slots=True)
class Balance:
    """How far completions have got their receipts.

    Those before `through` have them, and receipts up to `spent` are used up or too old for what comes.
    """

    through: datetime
    spent: Receipt


@dataclass(frozen=True, slots=True)
class Matched:
    """The balance after some minutes, and how many of their completions found no receipt."""

    balance: Balance
    vanished: int


def minute_of(moment: datetime) -> datetime:
    """Gives the full minute before a moment."""
    return moment.replace(second=0, microsecond=0)


def baseline(now: datetime) -> Balance:
    """Begins to count, once everything has a receipt that was under way before there were any."""
    begin = minute_of(now)
    return Balance(begin + LONGEST_DELIVERY + TOLERANCE, Receipt(begin, -1))


def match(balance: Balance, completed: Iterable[Completed], receipts: Iterable[Receipt], until: datetime) -> Matched:
    """Gives every completion in the minutes from `through` to `until` a receipt.

    `receipts` are all that were written after `spent` and until `until` with the tolerance.
    """
    left = deque(sorted(receipt for receipt in _last_ones(receipts) if receipt > balance.spent))
    spent, vanished = balance.spent, 0
    for counted in sorted(completed, key=lambda counted: counted.minute):
        if not balance.through <= counted.minute < until:
            continue
        for _ in range(counted.messages):
            spent = _without_old_ones(left, spent, counted.minute)
            if left and left[0].at < counted.minute + MINUTE + TOLERANCE:
                spent = left.popleft()
            else:
                vanished += 1
    return Matched(Balance(until, _without_old_ones(left, spent, until)), vanished)


def is_blind(balance: Balance, completed: Iterable[Completed], receipts: Iterable[Receipt], until: datetime) -> bool:
    """Says whether the count cannot be right: functions were called all the time, and nothing is counted at all."""
    if any(counted.messages for counted in completed):
        return False
    seen = (balance.through <= receipt.at < until - _SURELY_COMPLETED for receipt in _last_ones(receipts))
    return sum(seen) >= _BLIND


def _without_old_ones(left: deque[Receipt], spent: Receipt, minute: datetime) -> Receipt:
    """Drops the receipts that are too old for a minute and those after it, and gives the newest one that is spent."""
    while left and left[0].at < minute - LONGEST_DELIVERY - TOLERANCE:
        spent = left.popleft()
    return spent


def _last_ones(receipts: Iterable[Receipt]) -> Iterable[Receipt]:
    """Gives each message's last receipt: a message that is delivered again was not completed before."""
    return {(receipt.sequence, receipt.dead_letter): receipt for receipt in sorted(receipts)}.values()
