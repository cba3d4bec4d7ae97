"""Fewer usable methods than policy wants: one lost device, and the person stands before the door."""

from shared.compliance.case import COMPLIANT, Answer, Case, Rule, of_enabled, unknown, violation
from shared.compliance.finding import ComplianceCode, Source
from shared.compliance.reasons import unread_because, unsure_because


def ask(case: Case) -> Answer:
    """Objects where fewer methods can be used than policy wants; all phones count once, and only if codes reach one.

    Who has a phone alone, or nothing, is told as that.
    """
    return None if _is_told_otherwise(case) else of_enabled(case, _answer(case))


def _is_told_otherwise(case: Case) -> bool:
    off, methods = case.standards.off, case.methods
    if case.only_phone:
        return ComplianceCode.PHONE_ONLY not in off
    nothing = methods.most == 0 and not methods.may_have_phone
    return nothing and ComplianceCode.NO_METHOD not in off


def _answer(case: Case) -> Answer:
    methods, wanted = case.methods, case.standards.rules.sweep.minimum_usable_methods
    if methods.usable_at_least >= wanted:
        return COMPLIANT
    if methods.usable_at_most < wanted:
        return violation(_counted(case, wanted))
    return unknown(f"Whether there are {wanted} usable methods is not known. {_because(case)}")


def _counted(case: Case, wanted: int) -> str:
    methods = case.methods
    usable = f"{methods.usable_at_most} at most" if methods.usable is None else methods.usable
    told = f"Usable methods: {usable}; policy wants {wanted}."
    return f"{told} No code reaches the phone." if methods.has_phone and not methods.phone_perhaps_works else told


def _because(case: Case) -> str:
    """Gives why; of the report it is most often that it tells kinds of methods."""
    methods = case.methods
    if methods.source is Source.REPORT and not methods.unknown_names:
        told = "The registration report tells kinds of methods, not how many there are of a kind."
        return f"{told} {unread_because(case)}"
    return unsure_because(case)


RULE = Rule(ComplianceCode.FEW_METHODS, ask)
