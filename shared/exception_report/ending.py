"""Which exceptions end soon, and which have ended. Pure."""

from datetime import date

from shared.policy.exceptions import PolicyException
from shared.policy.model import Policy


def expiring(rules: Policy, today: date) -> tuple[PolicyException, ...]:
    """Gives those that still hold and end within policy's `exceptionNotice`, the first to end first."""
    holding = [each for each in rules.exceptions if each.holds_on(today)]
    soon = [each for each in holding if each.expires - today <= rules.exception_notice]
    return tuple(sorted(soon, key=lambda each: each.expires))


def expired(rules: Policy, today: date) -> tuple[PolicyException, ...]:
    """Gives those that hold no longer and still stand in the file."""
    return tuple(each for each in rules.exceptions if not each.holds_on(today))
