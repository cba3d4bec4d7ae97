"""Applies every rule to the facts; the order of the rules is the order in which objections are told."""

from collections.abc import Callable

from shared.policy.facts import Facts, Finding
from shared.policy.rules import (
    current_number,
    lock_out,
    number,
    number_type,
    protected_user,
    region,
    request_age,
    requester,
)

type Rule = Callable[[Facts], Finding | None]

RULES: tuple[Rule, ...] = (
    request_age.check,
    requester.check,
    protected_user.check,
    protected_user.check_restricted,
    number.check,
    number.check_extension,
    region.check,
    number_type.check,
    current_number.check,
    lock_out.check,
)


def objections(facts: Facts) -> tuple[Finding, ...]:
    """Gives what the rules object to, the gravest first; empty means that policy allows the request."""
    return tuple(finding for rule in RULES if (finding := rule(facts)) is not None)
