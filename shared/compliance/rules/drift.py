"""Entra has another number than the HR feed's last change left: somebody changed it elsewhere, or took it over."""

from collections.abc import Iterable

from shared.compliance.case import COMPLIANT, Answer, Case, Rule, Told, unknown
from shared.compliance.finding import ComplianceCode, Source, Verdict
from shared.compliance.phone_words import listed, phone_words, seen_words
from shared.compliance.reasons import unread_because
from shared.compliance.rows import Expected, PhoneSeen


def ask(case: Case) -> Answer:
    """Objects to each phone that is not as the last change left it; says nothing where there was none."""
    expected = case.subject.expected
    if not expected:
        return None
    if case.phones is None:
        return _unread(case)
    differing = [(each, _difference(each, case.phones)) for each in expected]
    return tuple(
        Told(Verdict.VIOLATION, evidence, phone_type=each.phone_type) for each, evidence in differing if evidence
    )


def _difference(expected: Expected, phones: Iterable[PhoneSeen]) -> str:
    found = next((phone for phone in phones if phone.phone_type is expected.phone_type), None)
    if found is None:
        words = phone_words(expected.phone_type)
        return f"The last change set the {words}, and there is none." if expected.value_hash else ""
    if not expected.value_hash:
        return f"The last change removed it, and there is one: {seen_words(found)}."
    if expected.value_hash in found.mark_hashes:
        return ""
    return f"Another number than the last change set: {seen_words(found)}."


def _unread(case: Case) -> Answer:
    """Has a doubt, unless nothing is expected and the report shows nothing: it tells no numbers, and lags by hours."""
    there = case.methods.phones
    doubtful = [
        each.phone_type
        for each in case.subject.expected
        if each.value_hash or there is None or each.phone_type in there
    ]
    if not doubtful:
        return COMPLIANT
    told = f"Expected by the last change: {listed(map(phone_words, doubtful))}. {unread_because(case)}"
    source = case.methods.source or Source.DIRECTORY
    return unknown(told, source=source, phone_type=doubtful[0] if len(doubtful) == 1 else None)


RULE = Rule(ComplianceCode.NUMBER_DRIFT, ask)
