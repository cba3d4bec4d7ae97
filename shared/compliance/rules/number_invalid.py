"""The stored text is no number, or one that does not exist: no code ever reaches it."""

from shared.compliance.finding import ComplianceCode
from shared.compliance.phone_rules import exists, phone_rule
from shared.compliance.phone_words import phone_words, seen_words
from shared.compliance.rows import PhoneSeen
from shared.compliance.subject import Standards


def objection(phone: PhoneSeen, _: Standards) -> str:
    """Objects to both."""
    if not phone.masked:
        return f"What is stored as the {phone_words(phone.phone_type)} is no phone number."
    return "" if exists(phone) else f"No such number exists in its country's numbering plan: {seen_words(phone)}."


RULE = phone_rule(ComplianceCode.NUMBER_INVALID, objection)
