"""A number that is readable, and written otherwise than Graph documents: some of Microsoft's services overlook it."""

from shared.compliance.finding import ComplianceCode
from shared.compliance.phone_rules import exists, phone_rule
from shared.compliance.phone_words import seen_words
from shared.compliance.rows import PhoneSeen
from shared.compliance.subject import Standards


def objection(phone: PhoneSeen, _: Standards) -> str | None:
    """Objects to any other form than `+<country code> <number>`; a number that does not exist has none."""
    if not exists(phone):
        return None
    return "" if phone.is_well_written else f"Not written as Graph documents it: {seen_words(phone)}."


RULE = phone_rule(ComplianceCode.NUMBER_FORMAT, objection)
