"""Who is checked, and whose methods must be read one by one. Pure."""

from collections.abc import Sequence

from shared.compliance.finding import ComplianceCode
from shared.compliance.method_names import REPORT_NAMES, REPORT_PHONES
from shared.compliance.rows import Expected, Person, Registered
from shared.compliance.subject import Standards
from shared.policy.model import Policy

_GUEST = "guest"
# https://learn.microsoft.com/entra/external-id/user-properties
_FROM_ELSEWHERE = "#EXT#"


def in_scope(person: Person, rules: Policy) -> bool:
    """Says whether a person is checked: guests only where policy says so; who is not known to be one, is.

    Members who come from another tenant sign in with its methods, as guests do: their names say so.
    """
    return rules.sweep.guests or not (
        person.user_type == _GUEST or _FROM_ELSEWHERE in person.user_principal_name.upper()
    )


def needs_reading(
    person: Person, registered: Registered | None, standards: Standards, expected: Sequence[Expected] = ()
) -> bool:
    """Says whether the registration report says too little about a person."""
    if not in_scope(person, standards.rules):
        return False
    if registered is None or person_needs_reading(person, standards):
        return True
    return report_needs_reading(registered, standards) or any(each.value_hash for each in expected)


def person_needs_reading(person: Person, standards: Standards) -> bool:
    """Says so by the directory alone: the report leaves disabled accounts out, and sometimes cannot be read."""
    missing = person.account_enabled is False or standards.report is not None
    return missing and in_scope(person, standards.rules)


def report_needs_reading(registered: Registered, standards: Standards) -> bool:
    """Says so by the report alone.

    It tells no numbers, so whoever has a phone is read. So is whoever has a method of a name that this release does not
    know, and whoever has fewer kinds of methods than policy wants methods: two passkeys are one kind.
    """
    if registered.user_type == _GUEST and not standards.rules.sweep.guests:
        return False
    kinds = set()
    for name in registered.methods:
        if name in REPORT_PHONES or name not in REPORT_NAMES:
            return True
        kinds.add(REPORT_NAMES[name])
    counted = len(kinds & standards.counted)
    # Hours ago there was nothing: whoever has registered a passkey since must not be told of.
    if not counted or ComplianceCode.FEW_METHODS in standards.off:
        return not counted
    return counted < standards.rules.sweep.minimum_usable_methods
