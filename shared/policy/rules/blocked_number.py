"""Numbers that policy blocks by how they begin: a fraud range, a competitor's switchboard, the service desk itself."""

from collections.abc import Mapping

from shared.codes import Code
from shared.phone.reading import ReadNumber
from shared.policy.facts import Facts
from shared.policy.rule import Rule
from shared.policy.shown import reading_of


def objection(facts: Facts) -> str | None:
    """Objects to a number that begins like a blocked one; an extension changes nothing."""
    reading = facts.reading
    if not isinstance(reading, ReadNumber):
        return None
    blocked = any(reading.number.begins_with(prefix) for prefix in facts.policy.blocked_numbers)
    return "" if blocked else None


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the number, masked, and how many prefixes are blocked."""
    return {**reading_of(facts), "blockedNumbers": len(facts.policy.blocked_numbers)}


RULE = Rule(Code.NUMBER_BLOCKED, objection, inputs)
