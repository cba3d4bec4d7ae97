"""What a run of the demo left behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.demo.accounting import Account
from local.demo.hold_book import HoldBook
from local.demo.records import Ledger
from local.demo.rules_at_work import RuleAtWork
from local.demo.telephony_forecast import Forecast


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
    holds: HoldBook = field(default_factory=HoldBook)
    rules: Sequence[RuleAtWork] = ()
    # Rules that the demo's own story is to show, and did not.
    idle: Sequence[str] = ()
    forecasts: Sequence[Forecast] = ()
    # Exceptions from policy that end soon, as their events tell them.
    ending: Sequence[Mapping[str, Any]] = ()
