"""A number of a region that policy blocks, or does not list."""

from shared.compliance.finding import ComplianceCode
from shared.compliance.phone_rules import exists, phone_rule
from shared.compliance.phone_words import seen_words
from shared.compliance.rows import PhoneSeen
from shared.compliance.subject import Standards


def objection(phone: PhoneSeen, standards: Standards) -> str | None:
    """Objects to both; the change's own rule asks the same of a number that is set."""
    if not exists(phone):
        return None
    regions = standards.rules.regions
    if phone.region in regions.blocked:
        return f"Region {phone.region} is blocked: {seen_words(phone)}."
    if regions.allowed is not None and phone.region not in regions.allowed:
        return f"Region {phone.region} is not on the list: {seen_words(phone)}."
    return ""


RULE = phone_rule(ComplianceCode.REGION_NOT_ALLOWED, objection)
