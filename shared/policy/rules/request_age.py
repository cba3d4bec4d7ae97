"""A request must not come from the future.

That it may be too old is the plan's business: it then expires.
"""

from shared.codes import Code
from shared.policy.facts import Facts, Finding


def check(facts: Facts) -> Finding | None:
    """Objects to a requestedAt that lies further ahead than clocks may differ."""
    ahead = facts.request.requested_at - facts.now
    if ahead <= facts.policy.request_age.clock_tolerance:
        return None
    return Finding(Code.REQUESTED_IN_FUTURE, f"It says {facts.request.requested_at.isoformat()}.")
