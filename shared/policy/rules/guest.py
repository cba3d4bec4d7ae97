"""Guests: whether their phone here is used at all depends on the trust between the two tenants."""

from collections.abc import Mapping

from shared.codes import Code
from shared.policy.facts import Facts
from shared.policy.rule import Rule

_MEMBER = "member"


def objection(facts: Facts) -> str | None:
    """Objects to whoever is not known to be a member."""
    if facts.state is None or facts.state.user.user_type == _MEMBER:
        return None
    return "" if facts.state.user.user_type else "The directory does not say whether the user is one."


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives Graph's own word."""
    return {"userType": (facts.state and facts.state.user.user_type) or "unknown"}


RULE = Rule(Code.GUEST_USER, objection, inputs)
