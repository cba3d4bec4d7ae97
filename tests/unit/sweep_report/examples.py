"""A believable run of the sweep, drawn by a seed: people, what is found about them, and the figures that follow."""

import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.compliance.catalogue import ENTRIES
from shared.compliance.finding import ComplianceCode, Finding, Severity, Source, Verdict
from shared.compliance.summary import (
    Coverage,
    Effort,
    GroupCount,
    PastRun,
    RuleCount,
    Summary,
    TelephonyOutlook,
)
from shared.phone.phone_type import PhoneType

RUN_AT = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
RETIRES_ON = date(2027, 2, 1)
RUN_ID = "20261126T0100Z"
FIRST = (
    "Anna", "Ben", "Chiara", "Dmitri", "Elif", "Fatima", "Georg", "Hana", "Ibrahim", "Jonas", "Katarzyna", "Liam",
    "María José", "Noor", "Oluwaseun", "Priya", "Quentin", "Renée", "Søren", "Thị Hương", "Ulrike", "Vikram",
)  # fmt: skip
LAST = (
    "Abdullah", "Brückner", "Castellanos", "Dąbrowska", "Eriksson", "Fontaine", "García Márquez", "Hoffmann",
    "Ivanova", "Jørgensen", "Kowalczyk", "Lindqvist", "Müller", "Nguyễn", "O’Sullivan", "Papadopoulos", "Rossi",
    "Schneider", "Tanaka", "van der Berg", "Yılmaz", "Zimmermann",
)  # fmt: skip
ODD_NAMES = (
    "فاطمة الزهراء بنت عبد الرحمن",
    "שרה לוי־כהן",
    "山田 太郎",
    "Maximiliana-Alexandra Freifrau von und zu Hohenlohe-Waldenburg-Schillingsfürst-Langenburg",
)
DEPARTMENTS = (
    "Field service", "Production", "Logistics", "Sales", "Finance", "Human resources", "Research and development",
    "IT operations", "Legal", "Marketing", "Procurement", "",
)  # fmt: skip
COUNTRIES = ("DE", "US", "GB", "PL", "FR", "IN", "ES", "BR", "")
SEVERITIES = {entry.code: entry.severity for entry in ENTRIES}
EVIDENCE = {
    ComplianceCode.PHONE_ONLY: "The only usable method is a phone: mobile {number}.",
    ComplianceCode.NO_METHOD: "No method that counts is registered.",
    ComplianceCode.FEW_METHODS: "One usable method (microsoftAuthenticatorAuthenticationMethod); policy wants 2.",
    ComplianceCode.PROTECTED_ON_PHONE: "Holds the role Exchange Administrator and signs in with mobile {number}.",
    ComplianceCode.LEAVER_WITH_PHONE: "The account is disabled and still has mobile {number}.",
    ComplianceCode.NUMBER_INVALID: "The stored mobile text is no valid phone number.",
    ComplianceCode.NUMBER_FORMAT: "The mobile number {number} is not written as Graph documents it.",
    ComplianceCode.NUMBER_TYPE_NOT_ALLOWED: "The mobile number {number} is of type voip.",
    ComplianceCode.REGION_NOT_ALLOWED: "The mobile number {number} belongs to region RU.",
    ComplianceCode.NUMBER_BLOCKED: "The mobile number {number} begins with a blocked prefix.",
    ComplianceCode.NUMBER_UNDELIVERABLE: "Nothing is delivered to {number}: its region needs an opt-in.",
    ComplianceCode.NUMBER_SHARED: "3 people have the mobile number {number}.",
    ComplianceCode.NUMBER_DRIFT: "The mobile number {number} is not the one that HR's last change left.",
    ComplianceCode.SMS_SIGN_IN: "SMS sign-in is on for mobile {number}.",
    ComplianceCode.EXCEPTION_EXPIRING: "The exception night-shift ends on 2026-12-04.",
}
REASONS = (
    "Graph refused to tell the methods (403 accessDenied).",
    "The registration report has no row, and the budget of readings was used up.",
)
WEIGHTS = (30, 9, 22, 2, 6, 3, 8, 3, 2, 1, 2, 4, 3, 4)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the example."""

    user_id: str
    upn: str
    name: str
    department: str
    country: str
    manager: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """A run."""

    summary: Summary
    findings: tuple[Finding, ...]


def example(count: int, *, runs: int = 11, seed: int = 2027, **fields: Any) -> Example:
    """Gives a run with so many findings; `fields` replace those of its summary."""
    chance = random.Random(seed)  # noqa: S311 - an example
    findings = tuple(_findings(chance, count))
    return Example(_summary(findings, runs, chance).model_copy(update=fields), findings)


def finding(**fields: Any) -> Finding:
    """Gives one finding."""
    plain: dict[str, Any] = {
        "code": ComplianceCode.PHONE_ONLY,
        "verdict": Verdict.VIOLATION,
        "severity": Severity.CRITICAL,
        "evidence": "The only usable method is a phone: mobile +49 *********89.",
        "user_id": "6b0f3c1e-0000-4000-8000-000000000001",
        "user_principal_name": "anna@contoso.example",
        "display_name": "Anna Brückner",
        "department": "Sales",
        "country": "DE",
        "manager_id": "6b0f3c1e-0000-4000-8000-000000000002",
        "manager_name": "Ben Rossi",
        "phone_type": PhoneType.MOBILE,
        "source": Source.READING,
        "as_of": RUN_AT,
    }
    return Finding(**{**plain, **fields})


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _name(chance: random.Random) -> str:
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"


def _people(chance: random.Random) -> Iterator[Someone]:
    managers = [(_id(chance), _name(chance)) for _ in range(40)] + [("", "")]
    number = 0
    while True:
        number += 1
        name = chance.choice(ODD_NAMES) if number % 50 == 7 else _name(chance)
        plain = "".join(sign for sign in name.lower().replace(" ", ".") if sign.isascii()).strip(".-") or "user"
        yield Someone(
            _id(chance),
            f"{plain}{number}@contoso.example",
            name,
            chance.choices(DEPARTMENTS, (22, 20, 14, 12, 6, 5, 8, 4, 2, 4, 3, 5))[0],
            chance.choices(COUNTRIES, (40, 14, 10, 9, 8, 8, 5, 4, 2))[0],
            chance.choices(managers, [40 - index for index in range(40)] + [30])[0],
        )


def _findings(chance: random.Random, count: int) -> Iterator[Finding]:
    people = _people(chance)
    codes = list(ComplianceCode)[:-1]
    someone = next(people)
    for index in range(count):
        if index == 0 or chance.random() < 0.8:
            someone = next(people)
        code = chance.choices(codes, WEIGHTS)[0]
        if index == count - 1 and count > 5:
            yield Finding(
                ComplianceCode.EXCEPTION_EXPIRING,
                Verdict.VIOLATION,
                Severity.LOW,
                EVIDENCE[ComplianceCode.EXCEPTION_EXPIRING],
                source=Source.POLICY,
            )
            return
        yield _finding(chance, someone, code)


def _finding(chance: random.Random, someone: Someone, code: ComplianceCode) -> Finding:
    unknown = chance.random() < 0.05
    number = f"+49 *********{chance.randrange(100):02d}"
    return Finding(
        code,
        Verdict.UNKNOWN if unknown else Verdict.VIOLATION,
        SEVERITIES[code],
        chance.choice(REASONS) if unknown else EVIDENCE[code].format(number=number),
        someone.user_id,
        someone.upn,
        someone.name,
        someone.department,
        someone.country,
        *someone.manager,
        phone_type=PhoneType.MOBILE if "{number}" in EVIDENCE[code] and not unknown else None,
        source=chance.choice((Source.READING, Source.REPORT)),
        as_of=RUN_AT - timedelta(minutes=chance.randrange(600)),
        excused_by="night-shift" if not unknown and chance.random() < 0.04 else "",
    )


def _summary(findings: Sequence[Finding], runs: int, chance: random.Random) -> Summary:
    phone_only = _count(findings, ComplianceCode.PHONE_ONLY)
    no_method = _count(findings, ComplianceCode.NO_METHOD)
    people = max(40, len({each.user_id for each in findings}) * 8)
    unknown = sum(each.verdict is Verdict.UNKNOWN for each in findings)
    return Summary(
        schema="urn:mfaphone:sweep-summary:1.0",
        run_id=RUN_ID,
        started_at=RUN_AT,
        finished_at=RUN_AT + timedelta(minutes=41, seconds=12),
        policy_version="3+3f2a9c1d5b7e8f60",
        complete=True,
        telephony=TelephonyOutlook(mode="microsoft", retires_on=RETIRES_ON, days_left=67),
        coverage=Coverage(
            people=people + people // 20,
            enabled=people,
            guests_left_out=people // 9,
            known=people + people // 20 - unknown,
            from_report=people - unknown,
            read=people // 3,
            unread=unknown,
            share=(people + people // 20 - unknown) / (people + people // 20),
            needed_share=0.98,
        ),
        effort=Effort(
            report_pages=people // 999 + 1,
            user_pages=people // 999 + 1,
            method_reads=people // 3,
            throttled=3,
            seconds=2472.4,
        ),
        phone_only=phone_only,
        no_method=no_method,
        few_methods=phone_only + no_method + _count(findings, ComplianceCode.FEW_METHODS),
        people_with_violations=len(
            {each.user_id for each in findings if each.verdict is Verdict.VIOLATION and not each.excused_by}
        ),
        rules=tuple(_rule(findings, code, people) for code in ComplianceCode),
        departments=_groups((each.department, "", each) for each in findings),
        countries=_groups((each.country, "", each) for each in findings),
        managers=_groups((each.manager_name, each.manager_id, each) for each in findings),
        history=tuple(_history(runs, people, phone_only, no_method, len(findings), chance)),
    )


def _rule(findings: Sequence[Finding], code: ComplianceCode, people: int) -> RuleCount:
    own = [each for each in findings if each.code is code]
    unknown = sum(each.verdict is Verdict.UNKNOWN for each in own)
    excused = sum(bool(each.excused_by) for each in own)
    return RuleCount(
        code=code,
        severity=SEVERITIES[code],
        compliant=people - len(own),
        violations=len(own) - unknown - excused,
        excused=excused,
        unknown=unknown,
    )


def _count(findings: Iterable[Finding], code: ComplianceCode) -> int:
    return sum(each.code is code and each.verdict is Verdict.VIOLATION for each in findings)


def _groups(told: Iterable[tuple[str, str, Finding]]) -> tuple[GroupCount, ...]:
    grouped: dict[tuple[str, str], list[Finding]] = {}
    for name, identity, each in told:
        grouped.setdefault((name, identity), []).append(each)
    return tuple(
        GroupCount(
            name=name,
            id=identity,
            people=len({each.user_id for each in own}) * 8,
            phone_only=_count(own, ComplianceCode.PHONE_ONLY),
            no_method=_count(own, ComplianceCode.NO_METHOD),
            violations=sum(each.verdict is Verdict.VIOLATION and not each.excused_by for each in own),
            unknown=sum(each.verdict is Verdict.UNKNOWN for each in own),
        )
        for (name, identity), own in grouped.items()
    )


def _history(  # noqa: PLR0913, PLR0917 - the figures of the last run
    runs: int, people: int, phone_only: int, no_method: int, violations: int, chance: random.Random
) -> Iterator[PastRun]:
    for index in range(runs):
        back = runs - 1 - index
        at = RUN_AT - timedelta(days=7 * back)
        factor = 1 + 0.09 * back + (chance.random() - 0.5) * 0.06 * bool(back)
        yield PastRun(
            run_id=f"{at:%Y%m%dT%H%MZ}",
            at=at,
            complete=index != 3,
            enabled=people,
            phone_only=round(phone_only * factor * (0.8 if index == 3 else 1)),
            no_method=round(no_method * (1 + 0.03 * back)),
            violations=round(violations * (1 + 0.05 * back)),
        )
