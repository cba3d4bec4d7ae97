"""A phone is the only method: once text messages and calls end, the person cannot sign in any more."""

from shared.compliance.case import COMPLIANT, Answer, Case, Rule, of_enabled, unknown, violation
from shared.compliance.finding import ComplianceCode, Severity
from shared.compliance.phone_words import listed, phone_words, seen_words
from shared.compliance.reasons import unsure_because
from shared.compliance.subject import Standards


def ask(case: Case) -> Answer:
    """Objects where there is a phone and no other method that policy counts, whether the phone works or not."""
    return of_enabled(case, _answer(case))


def _answer(case: Case) -> Answer:
    methods = case.methods
    if methods.least > 0 or not methods.may_have_phone:
        return COMPLIANT
    if methods.has_phone and methods.most == 0:
        return violation(f"{_phones(case)} {_outlook(case.standards)}", severity=_severity(case.standards))
    return unknown(f"Whether a phone is the only method is not known. {unsure_because(case)}")


def _phones(case: Case) -> str:
    """Gives what there is: the phones, and what else is registered and does not count."""
    seen = case.phones
    phones = (
        [seen_words(phone) for phone in seen] if seen else [phone_words(each) for each in case.methods.phones or ()]
    )
    told = f"The only method is a phone: {listed(phones)}."
    if not case.methods.uncounted:
        return told
    return f"{told} Not counted as a way to sign in: {', '.join(case.methods.uncounted)}."


def _outlook(standards: Standards) -> str:
    telephony, left = standards.rules.telephony, standards.days_left
    if telephony.mode == "customer_provider":
        return "Codes are delivered by the tenant's own provider."
    if left is None:
        return "Nothing is delivered any more."
    if left <= 0:
        return f"Nothing is delivered any more since {telephony.retires_on}."
    return f"{left} day{'s' * (left != 1)} left until {telephony.retires_on}."


def _severity(standards: Standards) -> Severity:
    return Severity.MEDIUM if standards.rules.telephony.mode == "customer_provider" else Severity.CRITICAL


RULE = Rule(ComplianceCode.PHONE_ONLY, ask)
