"""A number of a type that the phone may not have, such as VoIP: it proves nothing about a device in a hand."""

from shared.compliance.finding import ComplianceCode
from shared.compliance.phone_rules import exists, phone_rule
from shared.compliance.phone_words import phone_words, seen_words
from shared.compliance.rows import PhoneSeen
from shared.compliance.subject import Standards


def objection(phone: PhoneSeen, standards: Standards) -> str | None:
    """Objects where policy's `numberTypes` does not list the number's type for the phone's."""
    if not exists(phone):
        return None
    if phone.kind in standards.rules.number_types[phone.phone_type]:
        return ""
    kind = phone.kind.replace("_", " ")
    return f"Of type {kind}, which no {phone_words(phone.phone_type)} may have: {seen_words(phone)}."


RULE = phone_rule(ComplianceCode.NUMBER_TYPE_NOT_ALLOWED, objection)
