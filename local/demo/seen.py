"""What a run of the demo left behind."""

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
