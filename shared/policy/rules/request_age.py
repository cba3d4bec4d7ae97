"""A request must not come from the future.

That it may be too old is the plan's business: it then expires.
"""

from collections.abc import Mapping

from shared.codes import Code
from shared.policy.facts import Facts
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects to a requestedAt that lies further ahead than clocks may differ."""
    ahead = facts.request.requested_at - facts.now
    if ahead <= facts.policy.request_age.clock_tolerance:
        return None
    return f"It says {facts.request.requested_at.isoformat()}."


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives both times and the tolerance."""
    tolerance = facts.policy.request_age.clock_tolerance
    return {"requestedAt": facts.request.requested_at, "now": facts.now, "clockTolerance": tolerance}


RULE = Rule(Code.REQUESTED_IN_FUTURE, objection, inputs)
