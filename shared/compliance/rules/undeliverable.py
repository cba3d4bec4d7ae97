"""A number that no code reaches although messages are delivered: a pager, a region without delivery."""

from shared.compliance.case import Answer, Case, Rule
from shared.compliance.finding import ComplianceCode
from shared.compliance.phone_rules import exists, phone_rule
from shared.compliance.phone_words import seen_words
from shared.compliance.rows import PhoneSeen
from shared.compliance.subject import Standards
from shared.policy.telephony import unreachable_because


def objection(phone: PhoneSeen, standards: Standards) -> str | None:
    """Objects to both."""
    if not exists(phone):
        return None
    because = unreachable_because(phone, standards.rules.telephony)
    return f"No code reaches it, {because}: {seen_words(phone)}." if because else ""


def ask(case: Case) -> Answer:
    """Asks as long as anything is delivered at all: from that day on no phone is reached."""
    return _OF_PHONES.ask(case) if case.standards.phones_work else None


_OF_PHONES = phone_rule(ComplianceCode.NUMBER_UNDELIVERABLE, objection)
RULE = Rule(ComplianceCode.NUMBER_UNDELIVERABLE, ask)
