"""The number must be one that exists in its country's numbering plan."""

from collections.abc import Mapping

from shared.codes import Code
from shared.phone.reading import NumberFault
from shared.policy.facts import Facts
from shared.policy.rule import Rule
from shared.policy.shown import reading_of


def objection(facts: Facts) -> str | None:
    """Objects to a text that cannot be read as one valid number, in phoneNumber or in ifCurrent."""
    if isinstance(fault := facts.reading, NumberFault):
        return f"As written, {fault}."
    if isinstance(fault := facts.expected_current, NumberFault):
        return f"As written in ifCurrent, {fault}."
    return None


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the numbers, masked, and the region that a national number belongs to."""
    return {**reading_of(facts), "region": facts.region or "unknown"}


RULE = Rule(Code.INVALID_NUMBER, objection, inputs)
