"""Judges one person by all rules. Pure."""

from dataclasses import dataclass

from shared.compliance.case import Case, Rule, Told, case_of
from shared.compliance.catalogue import CATALOGUE
from shared.compliance.finding import ComplianceCode, Finding, Severity, Source, Verdict
from shared.compliance.holder import Holder
from shared.compliance.rows import MethodsRead
from shared.compliance.rules import (
    blocked_number,
    drift,
    few_methods,
    leaver_with_phone,
    no_method,
    number_format,
    number_invalid,
    number_shared,
    number_type,
    phone_only,
    protected_on_phone,
    region,
    sms_sign_in,
    undeliverable,
)
from shared.compliance.scope import needs_reading
from shared.compliance.subject import Standards, Subject

# All rules that look at one person, in the order of the codes; two look at everybody, or at nobody.
RULES: tuple[Rule, ...] = (
    phone_only.RULE,
    no_method.RULE,
    few_methods.RULE,
    protected_on_phone.RULE,
    leaver_with_phone.RULE,
    number_invalid.RULE,
    number_format.RULE,
    number_type.RULE,
    region.RULE,
    blocked_number.RULE,
    undeliverable.RULE,
    number_shared.RULE,
    drift.RULE,
    sms_sign_in.RULE,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What comes of one person: findings, the rules that are kept, and what tallies and later phases need."""

    findings: tuple[Finding, ...] = ()
    # Rules that concern the person, and are kept.
    compliant: tuple[ComplianceCode, ...] = ()
    # Whether the methods are known, by the report or by a reading.
    known: bool = False
    # Phones among them, which count once; None where it is not known.
    usable_methods: int | None = None
    # Whether a phone is certainly the only method of an enabled account, also where the rule is off or excused.
    phone_only: bool = False
    holders: tuple[Holder, ...] = ()
    # Whether the methods were read one by one, and whether they should have been.
    read: bool = False
    unread: bool = False


def judge(subject: Subject, standards: Standards) -> Judgement:
    """Judges one person who is in scope."""
    case = case_of(subject, standards)
    findings: list[Finding] = []
    compliant: list[ComplianceCode] = []
    for rule in RULES:
        if rule.code in standards.off:
            continue
        answer = rule.ask(case)
        if answer:
            findings.extend(_finding(case, rule.code, told) for told in answer)
        elif answer is not None:
            compliant.append(rule.code)
    read = isinstance(subject.reading, MethodsRead)
    return Judgement(
        findings=tuple(findings),
        compliant=tuple(compliant),
        known=case.methods.source is not None,
        usable_methods=case.methods.usable,
        phone_only=case.only_phone and subject.person.account_enabled is True,
        holders=_holders(case, findings) if read else (),
        read=read,
        unread=not read and needs_reading(subject.person, subject.registered, standards, subject.expected),
    )


def severity_of(code: ComplianceCode, standards: Standards, usual: Severity | None = None) -> Severity:
    """Gives how bad a violation is: as policy says, else as the rule says, else as the catalogue says."""
    return standards.rules.sweep.severities.get(code) or usual or CATALOGUE[code].severity


def excused(code: ComplianceCode, user_id: str, user_principal_name: str, standards: Standards) -> tuple[str, str]:
    """Gives the id of the exception that excuses a person, and what evidence says of exceptions that perhaps do."""
    excuses = standards.excuses[code]
    if excuse := excuses.excuse_for(user_id, user_principal_name):
        return excuse, ""
    if not excuses.perhaps:
        return "", ""
    return (
        "",
        f" An exception by group or requester may excuse it, which the sweep cannot see: {', '.join(excuses.perhaps)}.",
    )


def _finding(case: Case, code: ComplianceCode, told: Told) -> Finding:
    person, evidence, excuse = case.subject.person, told.evidence, ""
    if told.verdict is Verdict.VIOLATION:
        excuse, remark = excused(code, person.user_id, person.user_principal_name, case.standards)
        evidence += remark
    return Finding(
        code=code,
        verdict=told.verdict,
        severity=severity_of(code, case.standards, told.severity),
        evidence=evidence,
        user_id=person.user_id,
        user_principal_name=person.user_principal_name,
        display_name=person.display_name,
        department=person.department,
        country=person.country,
        manager_id=person.manager_id,
        manager_name=person.manager_name,
        phone_type=told.phone_type,
        source=told.source or case.methods.source or Source.DIRECTORY,
        as_of=case.methods.as_of,
        excused_by=excuse,
    )


def _holders(case: Case, findings: list[Finding]) -> tuple[Holder, ...]:
    """Gives a row for each number that was read, unless nobody asks who shares one."""
    code, standards, person = ComplianceCode.NUMBER_SHARED, case.standards, case.subject.person
    if code in standards.off or standards.rules.tripwires.users_per_number is None:
        return ()
    excuse = standards.excuses[code].excuse_for(person.user_id, person.user_principal_name)
    told = any(each.verdict is Verdict.VIOLATION and not each.excused_by for each in findings)
    return tuple(
        Holder(
            number_hash=phone.number_hash,
            user_id=person.user_id,
            user_principal_name=person.user_principal_name,
            phone_type=phone.phone_type,
            masked=phone.masked,
            display_name=person.display_name,
            department=person.department,
            country=person.country,
            manager_id=person.manager_id,
            manager_name=person.manager_name,
            as_of=case.methods.as_of,
            excused_by=excuse,
            told=told,
        )
        for phone in case.phones or ()
        if phone.number_hash
    )
