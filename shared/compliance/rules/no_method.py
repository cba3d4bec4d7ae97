"""No method at all: a password alone is what MFA is there to mend."""

from shared.compliance.case import COMPLIANT, Answer, Case, Rule, of_enabled, unknown, violation
from shared.compliance.finding import ComplianceCode
from shared.compliance.reasons import unsure_because


def ask(case: Case) -> Answer:
    """Objects where nothing that counts is registered, and no phone; who has a phone alone is told as that."""
    if case.only_phone and ComplianceCode.PHONE_ONLY not in case.standards.off:
        return None
    return of_enabled(case, _answer(case))


def _answer(case: Case) -> Answer:
    methods = case.methods
    if methods.least > 0 or methods.has_phone:
        return COMPLIANT
    if methods.most == 0 and not methods.may_have_phone:
        return violation(_evidence(methods.uncounted))
    return unknown(f"Whether there is any method is not known. {unsure_because(case)}")


def _evidence(uncounted: tuple[str, ...]) -> str:
    if uncounted:
        return f"Nothing is registered that counts as a way to sign in: only {', '.join(uncounted)}."
    return "No method is registered."


RULE = Rule(ComplianceCode.NO_METHOD, ask)
