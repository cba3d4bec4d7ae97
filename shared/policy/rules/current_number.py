"""Compare-and-set: `ifCurrent` must be the number that is there now."""

from shared.codes import Code
from shared.messages.change_request import Operation
from shared.phone.reading import ReadNumber
from shared.policy.facts import Facts, Finding


def check(facts: Facts) -> Finding | None:
    """Objects where another number, or none, stands in place of the expected one."""
    expected = facts.expected_current
    if facts.state is None or not isinstance(expected, ReadNumber):
        return None
    for phone_type in facts.request.phone_types:
        phone = facts.state.phone(phone_type)
        if phone is not None and phone.number == expected.number:
            return None
    if _already_done(facts):
        return None
    return Finding(Code.CURRENT_NUMBER_DIFFERS)


def _already_done(facts: Facts) -> bool:
    """A repeat finds its own result in place of the number that it expected: that is no conflict."""
    if facts.request.operation is Operation.REMOVE:
        return not any(facts.state and facts.state.phone(phone_type) for phone_type in facts.request.phone_types)
    reading, (phone_type,) = facts.reading, facts.request.phone_types
    phone = facts.state.phone(phone_type) if facts.state else None
    return isinstance(reading, ReadNumber) and phone is not None and phone.number == reading.number
