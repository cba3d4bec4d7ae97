"""How rules show what they looked at: numbers masked, faults in words."""

from collections.abc import Mapping

from shared.phone.reading import NumberFault, ReadNumber
from shared.policy.facts import Facts


def reading_of(facts: Facts) -> Mapping[str, object]:
    """Gives the numbers of the request as far as they can be shown."""
    shown = {"phoneNumber": facts.reading, "ifCurrent": facts.expected_current}
    return {name: _shown(value) for name, value in shown.items() if value is not None} or {"phoneNumber": "none"}


def _shown(value: ReadNumber | NumberFault) -> str:
    return value.number.masked() if isinstance(value, ReadNumber) else f"unreadable: {value}"
