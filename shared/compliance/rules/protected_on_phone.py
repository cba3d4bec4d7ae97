"""Someone whom policy protects relies on text messages or calls: whoever moves the number to another card is in.

Relies means that a phone is registered while text messages and calls are delivered at all, or is the only method: it
can be chosen at sign-in, however strong the other methods are, and whatever number it has.
"""

from shared.compliance.case import COMPLIANT, Answer, Case, Rule, of_enabled, unknown, violation
from shared.compliance.finding import ComplianceCode, Severity
from shared.compliance.phone_words import listed, phone_words
from shared.compliance.reasons import unread_because, unsure_because

_RESTRICTED = "in a restricted management administrative unit"


def ask(case: Case) -> Answer:
    """Objects to a phone of a protected person."""
    if because := _protected_because(case):
        return of_enabled(case, _of_protected(case, because))
    return of_enabled(case, _of_undetermined(case)) if case.standards.undetermined else None


def _protected_because(case: Case) -> tuple[str, ...]:
    subject = case.subject
    because = subject.protected.because or ("protected by policy",) if subject.protected else ()
    return (*because, _RESTRICTED) if subject.person.management_restricted else because


def _of_protected(case: Case, because: tuple[str, ...]) -> Answer:
    told = f"Protected: {listed(because)}."
    if not case.methods.may_have_phone or _is_idle(case):
        return COMPLIANT
    if not case.methods.has_phone:
        return unknown(f"{told} Whether there is a phone is not known. {unread_because(case)}")
    if case.methods.most == 0:
        return violation(f"{told} The only method is a phone: {_phones(case)}.", severity=Severity.CRITICAL)
    if not case.standards.phones_work:
        return unknown(f"{told} Whether a phone is the only method is not known. {unsure_because(case)}")
    return violation(f"{told} Among the methods: {_phones(case)}.")


def _is_idle(case: Case) -> bool:
    """Says whether a phone could not be used, and is not needed either."""
    return not case.standards.phones_work and case.methods.least > 0


def _of_undetermined(case: Case) -> Answer:
    """Has a doubt only about people with a phone: of all others it is of no concern."""
    if not case.methods.has_phone or _is_idle(case):
        return None
    parts = listed(sorted(each.replace("_", " ") for each in case.standards.undetermined))
    told = f"Among the methods: {_phones(case)}. Whether the person is protected is not known:"
    return unknown(f"{told} Microsoft Graph refuses to tell {parts}.")


def _phones(case: Case) -> str:
    return listed(map(phone_words, case.methods.phones or ()))


RULE = Rule(ComplianceCode.PROTECTED_ON_PHONE, ask)
