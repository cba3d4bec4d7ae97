"""Which of libphonenumber's number types each phone may have: no premium-rate number receives a code."""

from shared.codes import Code
from shared.phone.reading import ReadNumber
from shared.policy.facts import Facts, Finding


def check(facts: Facts) -> Finding | None:
    """Objects to a number whose type policy does not list for the phone type."""
    reading = facts.reading
    if not isinstance(reading, ReadNumber):
        return None
    for phone_type in facts.request.phone_types:
        if reading.kind not in facts.policy.number_types[phone_type]:
            kind = reading.kind.replace("_", " ")
            return Finding(Code.NUMBER_TYPE_NOT_ALLOWED, f"A {kind} number cannot be the {phone_type} phone.")
    return None
