"""The demo's own policy as of the day of the run, so that it shows on every day what it is there to show."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

# The day for which the dates in the file were written.
_WRITTEN_FOR = date(2026, 12, 1)


# Nothing expires while somebody watches what becomes of their own feed.
_OWN_FEEDS_HOLD = "PT1H"


def todays_policy(path: Path, today: date, *, own_feed: bool) -> dict[str, Any]:
    """Reads the policy, and moves the last days of its exceptions along: one stays past, and one stays near.

    What a feed of somebody's own asks for is held for longer, for a person is to see it at the end. Once Microsoft
    delivers no longer, the company has a provider of its own: otherwise nothing but refusals were left.
    """
    policy: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for exception in policy["exceptions"]:
        exception["expires"] = str(date.fromisoformat(exception["expires"]) + _days_since(today))
    if today >= date.fromisoformat(policy["telephony"]["retiresOn"]):
        policy["telephony"]["mode"] = "customer_provider"
    if own_feed:
        policy["hold"]["longest"] = _OWN_FEEDS_HOLD
    return policy


def _days_since(today: date) -> timedelta:
    return today - _WRITTEN_FOR
