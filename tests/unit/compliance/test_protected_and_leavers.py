"""Protected people who rely on a phone, and people who have left and still have one."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.compliance.finding import Severity
from shared.compliance.rows import ProtectedPerson
from shared.compliance.subject import Subject
from shared.directory_user import Undetermined
from tests.unit.compliance.people import (
    COMPLIANT,
    NOW,
    OFFICE,
    PROTECTED,
    STRONG,
    UNKNOWN,
    VIOLATION,
    evidence,
    findings_of,
    person,
    phone,
    read,
    reading,
    report,
    reported,
    standards,
    verdict,
)
from tests.unit.policy.facts import ANNA, PASSKEY

AFTER = datetime(2027, 2, 1, tzinfo=UTC)
DOUBT = frozenset({Undetermined.ROLE_ASSIGNMENTS, Undetermined.ELIGIBLE_ROLES})


def protected(*methods: str, phones: bool = True, **fields: object) -> Subject:
    found = reading(*methods, phones=[phone(), phone(OFFICE)] if phones else [])
    return Subject(person(**fields), reading=found, protected=PROTECTED)


# Protected person


def test_a_phone_among_strong_methods_is_relied_on() -> None:
    finding = findings_of(protected(*STRONG))["protected_on_phone"]
    assert (finding.verdict, finding.severity) == (VIOLATION, Severity.HIGH)
    assert finding.evidence == (
        "Protected: holds Global Administrator. Among the methods: mobile phone and office phone."
    )


def test_a_phone_alone_is_critical() -> None:
    finding = findings_of(protected())["protected_on_phone"]
    assert finding.severity is Severity.CRITICAL
    assert finding.evidence.endswith("The only method is a phone: mobile phone and office phone.")


def test_without_a_phone_all_is_well() -> None:
    assert verdict("protected_on_phone", protected(*STRONG, phones=False)) is COMPLIANT
    assert verdict("protected_on_phone", Subject(person(), report("fido2"), protected=PROTECTED)) is COMPLIANT


def test_the_report_is_enough() -> None:
    subject = Subject(person(), report("fido2", "mobilePhone"), protected=PROTECTED)
    assert verdict("protected_on_phone", subject) is VIOLATION


def test_where_it_is_not_known_whether_there_is_a_phone_neither_is_this() -> None:
    assert verdict("protected_on_phone", Subject(person(), protected=PROTECTED)) is UNKNOWN


def test_a_restricted_administrative_unit_protects_as_well() -> None:
    subject = read(*STRONG, phones=[phone()], management_restricted=True)
    assert verdict("protected_on_phone", subject) is VIOLATION
    assert "in a restricted management administrative unit" in evidence("protected_on_phone", subject)


def test_a_protection_without_a_reason_is_still_one() -> None:
    subject = Subject(person(), reading=reading(phones=[phone()]), protected=ProtectedPerson(ANNA, ()))
    assert evidence("protected_on_phone", subject).startswith("Protected: protected by policy.")


def test_nobody_else_is_concerned() -> None:
    assert verdict("protected_on_phone", read(*STRONG, phones=[phone()])) is None


def test_the_number_makes_no_difference() -> None:
    subject = Subject(person(), reading=reading(PASSKEY, phones=[phone(kind="pager")]), protected=PROTECTED)
    assert verdict("protected_on_phone", subject) is VIOLATION


def test_when_nothing_is_delivered_any_more_a_phone_beside_others_is_idle() -> None:
    assert verdict("protected_on_phone", protected(*STRONG), standards(AFTER)) is COMPLIANT


def test_but_a_phone_alone_is_not() -> None:
    assert verdict("protected_on_phone", protected(), standards(AFTER)) is VIOLATION
    assert verdict("protected_on_phone", protected("telepathy"), standards(AFTER)) is UNKNOWN


def test_a_disabled_account_is_of_no_concern() -> None:
    assert verdict("protected_on_phone", protected(account_enabled=False)) is None
    assert verdict("protected_on_phone", protected(account_enabled=None)) is UNKNOWN


# Undetermined protection


def test_whoever_has_a_phone_is_in_doubt() -> None:
    by = standards(undetermined=DOUBT)
    assert verdict("protected_on_phone", read(*STRONG, phones=[phone()]), by) is UNKNOWN
    assert evidence("protected_on_phone", read(*STRONG, phones=[phone()]), by).endswith(
        "Microsoft Graph refuses to tell eligible roles and role assignments."
    )


@pytest.mark.parametrize("subject", [read(*STRONG), reported("fido2"), Subject(person())])
def test_nobody_else_is(subject: Subject) -> None:
    assert verdict("protected_on_phone", subject, standards(undetermined=DOUBT)) is None


def test_who_is_certainly_protected_is_in_no_doubt() -> None:
    assert verdict("protected_on_phone", protected(*STRONG), standards(undetermined=DOUBT)) is VIOLATION


def test_an_idle_phone_is_of_no_concern() -> None:
    by = standards(AFTER, undetermined=DOUBT)
    assert verdict("protected_on_phone", read(*STRONG, phones=[phone()]), by) is None


# Leaver


def test_a_disabled_account_with_a_phone_is_told() -> None:
    finding = findings_of(read(phones=[phone()], account_enabled=False))["leaver_with_phone"]
    assert (finding.verdict, finding.severity) == (VIOLATION, Severity.MEDIUM)
    assert finding.evidence == "The account is disabled. Still there: mobile phone +44 ********56."


def test_one_without_complies() -> None:
    assert verdict("leaver_with_phone", read(account_enabled=False)) is COMPLIANT


def test_a_disabled_account_that_was_not_read_is_unknown() -> None:
    subject = Subject(person(account_enabled=False))
    assert verdict("leaver_with_phone", subject) is UNKNOWN
    assert "The registration report leaves disabled accounts out" in evidence("leaver_with_phone", subject)


def test_an_account_in_use_is_of_no_concern() -> None:
    assert verdict("leaver_with_phone", read(phones=[phone()])) is None


def test_after_the_last_day_of_work_it_is() -> None:
    left = read(phones=[phone()], leaves_at=NOW - timedelta(days=1))
    assert verdict("leaver_with_phone", left) is VIOLATION
    assert evidence("leaver_with_phone", left).startswith("The last day of work was 2026-11-25.")
    assert verdict("leaver_with_phone", reported("mobilePhone", leaves_at=NOW - timedelta(days=1))) is VIOLATION


@pytest.mark.parametrize(("ago", "told"), [(7, None), (8, VIOLATION)])
def test_but_not_within_policys_grace(ago: int, told: object) -> None:
    by = standards(sweep={"leaverGrace": "P7D"})
    assert verdict("leaver_with_phone", read(phones=[phone()], leaves_at=NOW - timedelta(days=ago)), by) is told


def test_a_disabled_account_has_no_grace() -> None:
    by = standards(sweep={"leaverGrace": "P7D"})
    subject = read(phones=[phone()], account_enabled=False, leaves_at=NOW - timedelta(days=1))
    assert verdict("leaver_with_phone", subject, by) is VIOLATION


def test_a_last_day_ahead_is_none() -> None:
    assert verdict("leaver_with_phone", read(phones=[phone()], leaves_at=NOW + timedelta(days=1))) is None


def test_an_account_that_may_be_disabled_is_in_doubt_if_it_has_a_phone() -> None:
    assert verdict("leaver_with_phone", read(phones=[phone()], account_enabled=None)) is UNKNOWN
    assert verdict("leaver_with_phone", read(account_enabled=None)) is None
