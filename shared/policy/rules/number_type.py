"""Which of libphonenumber's number types each phone may have: no premium-rate number receives a code."""

from collections.abc import Mapping

from shared.codes import Code
from shared.phone.reading import ReadNumber
from shared.policy.facts import Facts
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects to a number whose type policy does not list for the phone type."""
    reading = facts.reading
    if not isinstance(reading, ReadNumber):
        return None
    for phone_type in facts.request.phone_types:
        if reading.kind not in facts.policy.number_types[phone_type]:
            return f"A {reading.kind.replace('_', ' ')} number cannot be the {phone_type} phone."
    return None


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the number's type, and the types that the phone may have."""
    reading, allowed = facts.reading, facts.policy.number_types[facts.request.phone_types[0]]
    kind = reading.kind if isinstance(reading, ReadNumber) else "none"
    return {"numberType": kind, "phoneType": ", ".join(facts.request.phone_types), "allowed": ", ".join(allowed)}


RULE = Rule(Code.NUMBER_TYPE_NOT_ALLOWED, objection, inputs)
