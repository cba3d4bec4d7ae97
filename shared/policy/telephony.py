"""Whether codes reach a phone, by day, mode and region. Pure."""

from datetime import datetime
from typing import Protocol

from shared.policy.methods import Telephony

# Premium and shared-cost numbers are what telephony fraud is made of, and the others receive no call from a machine.
_DEAF = frozenset({"pager", "voicemail", "premium_rate", "shared_cost"})


class Described(Protocol):
    """A number with what libphonenumber knows of it."""

    @property
    def region(self) -> str:
        """ISO 3166 alpha-2, or `001` for numbers of no country."""
        ...

    @property
    def kind(self) -> str:
        """A type of libphonenumber in lower case."""
        ...


def delivers(rules: Telephony, now: datetime) -> bool:
    """Says whether text messages and calls are delivered at all; days are UTC."""
    return rules.mode == "customer_provider" or (rules.mode == "microsoft" and now.date() < rules.retires_on)


def retires_soon(rules: Telephony, now: datetime) -> bool:
    """Says whether Microsoft's delivery still works, and ends within the time that policy warns of."""
    ends = rules.mode == "microsoft" and delivers(rules, now)
    return ends and rules.retires_on - now.date() <= rules.warn_from


def unreachable_because(phone: Described, rules: Telephony) -> str | None:
    """Gives why no code reaches a number although messages are delivered; None where one does."""
    if phone.kind in _DEAF:
        return f"a {phone.kind.replace('_', ' ')} number receives no code"
    if phone.region in rules.unreachable_regions:
        return f"nothing is delivered to region {phone.region}"
    reachable = rules.reachable_regions
    if rules.mode == "customer_provider" and reachable is not None and phone.region not in reachable:
        return f"the tenant's provider does not deliver to region {phone.region}"
    return None
