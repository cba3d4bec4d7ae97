"""Who may ask for what."""

from shared.codes import Code
from shared.policy.facts import Facts, Finding
from shared.policy.model import ANY_REQUESTER


def check(facts: Facts) -> Finding | None:
    """Objects to a requester that policy does not entitle to the operation; names are compared without case."""
    requesters = {name.casefold(): operations for name, operations in facts.policy.requesters.items()}
    entitled = requesters.get(facts.request.requested_by.casefold(), requesters.get(ANY_REQUESTER, ()))
    if facts.request.operation in entitled:
        return None
    # Without the name: it is free text, and a finding is told to everyone.
    return Finding(Code.REQUESTER_NOT_ALLOWED, f"It may not {facts.request.operation} phones.")
