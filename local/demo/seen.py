"""What a run of the demo left behind."""

from collections.abc import Sequence
from dataclasses import dataclass

from local.demo.accounting import Account
from local.demo.records import Ledger


@dataclass(frozen=True, slots=True)
class Seen:
    """What the run left behind."""

    account: Account
    ledger: Ledger
    parked: int
    dead: int
    mails: int
    untold: int
    # Lines of the feed that could not be sent.
    left_out: int
    # Request ids that were refused as invalid_request, and what is wrong with each.
    misfits: Sequence[tuple[str, str]]
    # Effective dates too far ahead to wait for.
    too_late: int
    seconds: float
