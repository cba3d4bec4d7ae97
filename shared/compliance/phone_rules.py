"""What the rules about numbers have in common: each looks at one phone, and none at one that was not read. Pure."""

from collections.abc import Callable

from shared.compliance.case import Answer, Case, Rule, Told, unknown
from shared.compliance.finding import ComplianceCode, Verdict
from shared.compliance.phone_words import listed, phone_words
from shared.compliance.reasons import unread_because
from shared.compliance.rows import PhoneSeen
from shared.compliance.subject import Standards

# None: the rule does not concern the phone; empty: it complies; else the evidence.
type Objection = Callable[[PhoneSeen, Standards], str | None]


def phone_rule(code: ComplianceCode, objection: Objection) -> Rule:
    """Makes a rule of an objection to one phone: a violation for each phone that it is made to."""

    def ask(case: Case) -> Answer:
        if case.phones is None:
            return unread(case)
        told = [(phone, objection(phone, case.standards)) for phone in case.phones]
        if all(evidence is None for _, evidence in told):
            return None
        return tuple(
            Told(Verdict.VIOLATION, evidence, phone_type=phone.phone_type) for phone, evidence in told if evidence
        )

    return Rule(code, ask)


def unread(case: Case) -> Answer:
    """Has a doubt about numbers that were not read; none where no phone is known of."""
    phones = case.methods.phones
    if not phones:
        return None
    told = f"There is a number that was not read: {listed(map(phone_words, phones))}. {unread_because(case)}"
    return unknown(told, phone_type=phones[0] if len(phones) == 1 else None)


def exists(phone: PhoneSeen) -> bool:
    """Says whether a stored text is a number that exists in its country's numbering plan."""
    return bool(phone.masked and phone.kind)
