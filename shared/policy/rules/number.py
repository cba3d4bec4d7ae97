"""The number must be one that exists in its country's numbering plan."""

from shared.codes import Code
from shared.phone.phone_type import PhoneType
from shared.phone.reading import NumberFault, ReadNumber
from shared.policy.facts import Facts, Finding


def check(facts: Facts) -> Finding | None:
    """Objects to a text that cannot be read as one valid number, in phoneNumber or in ifCurrent."""
    if isinstance(fault := facts.reading, NumberFault):
        return Finding(Code.INVALID_NUMBER, f"As written, {fault}.")
    if isinstance(fault := facts.expected_current, NumberFault):
        return Finding(Code.INVALID_NUMBER, f"As written in ifCurrent, {fault}.")
    return None


def check_extension(facts: Facts) -> Finding | None:
    """Objects to an extension that no text message and no mobile network could reach."""
    reading = facts.reading
    if not isinstance(reading, ReadNumber) or not reading.number.extension:
        return None
    if facts.request.phone_types == (PhoneType.OFFICE,):
        return None
    return Finding(Code.EXTENSION_NOT_ALLOWED)
