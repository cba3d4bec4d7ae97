"""Someone who has left still has phones: what nobody needs any more can only be misused."""

from shared.compliance.case import COMPLIANT, Answer, Case, Rule, unknown, violation
from shared.compliance.finding import ComplianceCode
from shared.compliance.phone_words import listed, phone_words, seen_words
from shared.compliance.reasons import unread_because


def ask(case: Case) -> Answer:
    """Objects to phones of a disabled account, and of one whose last day of work is longer ago than policy allows."""
    left = _left_because(case)
    if not left and case.subject.person.account_enabled is not None:
        return None
    if not case.methods.may_have_phone:
        return COMPLIANT if left else None
    if not left:
        return unknown("The directory does not say whether the account is enabled.")
    if not case.methods.has_phone:
        return unknown(f"{left} Whether a phone is left is not known. {unread_because(case)}")
    return violation(f"{left} Still there: {_phones(case)}.")


def _left_because(case: Case) -> str:
    """Gives why the person counts as a leaver; empty where that is not so."""
    person = case.subject.person
    if person.account_enabled is False:
        return "The account is disabled."
    if person.leaves_at and case.standards.now - person.leaves_at > case.standards.rules.sweep.leaver_grace:
        return f"The last day of work was {person.leaves_at:%Y-%m-%d}."
    return ""


def _phones(case: Case) -> str:
    seen = case.phones
    return listed(seen_words(each) for each in seen) if seen else listed(map(phone_words, case.methods.phones or ()))


RULE = Rule(ComplianceCode.LEAVER_WITH_PHONE, ask)
