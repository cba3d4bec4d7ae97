"""People for the rules' tests: one whom no rule objects to, and one thing changed at a time."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.compliance.finding import Finding, Verdict
from shared.compliance.judging import Judgement, judge
from shared.compliance.rows import Expected, MethodsRead, Person, PhoneSeen, ProtectedPerson, Registered
from shared.compliance.subject import Standards, Subject
from shared.phone.phone_type import PhoneType
from shared.policy.model import Policy
from tests.unit.policy.facts import ANNA, AUTHENTICATOR, PASSKEY, policy

NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
READ_AT = datetime(2026, 11, 26, 1, 20, tzinfo=UTC)
REPORTED_AT = datetime(2026, 11, 25, 19, 0, tzinfo=UTC)
MOBILE, ALTERNATE, OFFICE = PhoneType.MOBILE, PhoneType.ALTERNATE_MOBILE, PhoneType.OFFICE
COMPLIANT, VIOLATION, UNKNOWN = Verdict.COMPLIANT, Verdict.VIOLATION, Verdict.UNKNOWN
STRONG = (AUTHENTICATOR, PASSKEY)

PERSON = Person(
    ANNA,
    "anna.abel@contoso.example",
    display_name="Anna Abel",
    department="Sales",
    country="GB",
    manager_id="00000000-0000-4000-8000-000000000009",
    manager_name="Max Muster",
    account_enabled=True,
)
PHONE = PhoneSeen(
    MOBILE,
    masked="+44 ********56",
    number_hash="number-1",
    mark_hashes=("mark-1", "mark-1-old"),
    region="GB",
    kind="mobile",
    sms_sign_in="notEnabled",
)
NO_NUMBER = PhoneSeen(MOBILE, is_well_written=False, sms_sign_in="notEnabled")
PROTECTED = ProtectedPerson(ANNA, ("holds Global Administrator",))


def standards(now: datetime = NOW, *, rules: Policy | None = None, **parts: Any) -> Standards:
    """Gives standards by the tests' ordinary policy, some parts of it changed."""
    known = {name: parts.pop(name) for name in ("report", "readings", "undetermined") if name in parts}
    return Standards(rules or policy(**parts), now, **known)


def person(**fields: Any) -> Person:
    """Gives Anna, whose account is in use, with some fields changed."""
    return replace(PERSON, **fields)


def phone(phone_type: PhoneType = MOBILE, **fields: Any) -> PhoneSeen:
    """Gives a British mobile number that nothing is wrong with, with some fields changed."""
    return replace(PHONE, phone_type=phone_type, **fields)


def reading(*methods: str, phones: Iterable[PhoneSeen] = ()) -> MethodsRead:
    """Gives what was read of Anna."""
    return MethodsRead(ANNA, READ_AT, methods, tuple(phones))


def report(*methods: str) -> Registered:
    """Gives Anna's row of the registration report."""
    return Registered(ANNA, methods, REPORTED_AT)


def read(*methods: str, phones: Iterable[PhoneSeen] = (), **fields: Any) -> Subject:
    """Gives Anna with what was read of her."""
    return Subject(person(**fields), reading=reading(*methods, phones=phones))


def reported(*methods: str, **fields: Any) -> Subject:
    """Gives Anna as the report alone tells of her."""
    return Subject(person(**fields), report(*methods))


def expected(value_hash: str = "mark-1", phone_type: PhoneType = MOBILE) -> Expected:
    """Gives what the last change left of one of Anna's phones."""
    return Expected(ANNA, phone_type, value_hash)


def findings_of(subject: Subject, by: Standards | None = None) -> dict[str, Finding]:
    """Judges, and gives the findings by code. Fails where a code is told twice."""
    found = judge(subject, by or standards()).findings
    told = {each.code.value: each for each in found}
    assert len(told) == len(found)
    return told


def verdicts(subject: Subject, by: Standards | None = None) -> dict[str, Verdict]:
    """Judges, and gives each rule's answer; a rule that does not concern the person has none."""
    return verdicts_of(judge(subject, by or standards()))


def verdicts_of(judgement: Judgement) -> dict[str, Verdict]:
    """Gives each rule's answer of a judgement."""
    told = {each.code.value: each.verdict for each in judgement.findings}
    kept = {code.value: COMPLIANT for code in judgement.compliant}
    assert not told.keys() & kept.keys()
    return {**told, **kept}


def verdict(code: str, subject: Subject, by: Standards | None = None) -> Verdict | None:
    """Judges, and gives one rule's answer; None where it does not concern the person."""
    return verdicts(subject, by).get(code)


def evidence(code: str, subject: Subject, by: Standards | None = None) -> str:
    """Judges, and gives what is told of one rule."""
    return findings_of(subject, by)[code].evidence
