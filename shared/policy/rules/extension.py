"""Only an office phone may have an extension: no text message and no mobile network could reach one."""

from collections.abc import Mapping

from shared.codes import Code
from shared.phone.phone_type import PhoneType
from shared.phone.reading import ReadNumber
from shared.policy.facts import Facts
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects to an extension of a mobile phone."""
    reading = facts.reading
    if not isinstance(reading, ReadNumber) or not reading.number.extension:
        return None
    return None if facts.request.phone_types == (PhoneType.OFFICE,) else ""


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives whether there is an extension, and the phone's type."""
    reading = facts.reading
    extension = isinstance(reading, ReadNumber) and bool(reading.number.extension)
    return {"extension": extension, "phoneType": ", ".join(facts.request.phone_types)}


RULE = Rule(Code.EXTENSION_NOT_ALLOWED, objection, inputs)
