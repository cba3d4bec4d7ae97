"""One number on several people: somebody receives other people's codes."""

from shared.compliance.case import Answer, Case, Rule
from shared.compliance.finding import ComplianceCode
from shared.compliance.phone_rules import unread


def ask(case: Case) -> Answer:
    """Has a doubt about a number that was not read; who shares one that was is seen when all are there."""
    return unread(case) if case.phones is None else None


RULE = Rule(ComplianceCode.NUMBER_SHARED, ask)
