"""One number on many users: somebody collects other people's codes, or nobody checked."""

from collections.abc import Mapping

from shared.codes import Code
from shared.messages.change_request import Operation
from shared.policy.facts import Facts
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects where a number that is set would be on more users than policy allows."""
    most = facts.policy.tripwires.users_per_number
    if facts.history is None or most is None or facts.request.operation is not Operation.SET:
        return None
    if facts.history.other_holders < most:
        return None
    return f"Other users who have it: {facts.history.other_holders}; policy allows {most} in all."


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the number of its holders, and how many there may be."""
    others = facts.history.other_holders if facts.history else "unknown"
    return {"otherHolders": others, "usersPerNumber": facts.policy.tripwires.users_per_number or "off"}


RULE = Rule(Code.NUMBER_SHARED, objection, inputs, lambda policy: policy.tripwires.users_per_number is None)
