"""A number that policy's `blockedNumbers` names."""

from shared.compliance.finding import ComplianceCode
from shared.compliance.phone_rules import phone_rule
from shared.compliance.phone_words import seen_words
from shared.compliance.rows import PhoneSeen
from shared.compliance.subject import Standards


def objection(phone: PhoneSeen, _: Standards) -> str | None:
    """Objects to a number that begins so, also where no such number exists."""
    if not phone.masked:
        return None
    return f"Policy blocks it: {seen_words(phone)}." if phone.is_blocked else ""


RULE = phone_rule(ComplianceCode.NUMBER_BLOCKED, objection)
