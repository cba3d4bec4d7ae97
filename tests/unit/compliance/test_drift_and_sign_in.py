"""Numbers that differ from what the last change left, and phones that alone sign in."""

import pytest

from shared.compliance.finding import Severity
from shared.compliance.rows import Expected, PhoneSeen, Reading, Registered
from shared.compliance.subject import Subject
from tests.unit.compliance.people import (
    ALTERNATE,
    COMPLIANT,
    MOBILE,
    NO_NUMBER,
    OFFICE,
    STRONG,
    UNKNOWN,
    VIOLATION,
    evidence,
    expected,
    findings_of,
    person,
    phone,
    read,
    reading,
    report,
    reported,
    verdict,
)


def drifting(
    *what: Expected, found: Reading | None = None, registered: Registered | None = None, **fields: object
) -> Subject:
    return Subject(person(**fields), registered, found, expected=what)


# Drift


def test_the_number_that_the_last_change_left_complies_under_every_key() -> None:
    for mark in ("mark-1", "mark-1-old"):
        assert verdict("number_drift", drifting(expected(mark), found=reading(phones=[phone()]))) is COMPLIANT


def test_another_number_is_told_masked() -> None:
    subject = drifting(expected("mark-2"), found=reading(phones=[phone()]))
    finding = findings_of(subject)["number_drift"]
    assert (finding.verdict, finding.severity, finding.phone_type) == (VIOLATION, Severity.MEDIUM, MOBILE)
    assert finding.evidence == "Another number than the last change set: mobile phone +44 ********56."


def test_a_text_that_is_no_number_is_another_one() -> None:
    assert verdict("number_drift", drifting(expected(), found=reading(phones=[NO_NUMBER]))) is VIOLATION


def test_no_phone_where_one_was_set_is_told() -> None:
    subject = drifting(expected(phone_type=ALTERNATE), found=reading(phones=[phone()]))
    assert evidence("number_drift", subject) == ("The last change set the alternate mobile phone, and there is none.")


def test_a_phone_where_one_was_removed_is_told() -> None:
    subject = drifting(expected("", OFFICE), found=reading(phones=[phone(), phone(OFFICE)]))
    assert evidence("number_drift", subject) == (
        "The last change removed it, and there is one: office phone +44 ********56."
    )


def test_none_where_one_was_removed_complies() -> None:
    assert verdict("number_drift", drifting(expected("", OFFICE), found=reading(phones=[phone()]))) is COMPLIANT


def test_whom_this_product_never_changed_is_of_no_concern() -> None:
    assert verdict("number_drift", read(phones=[phone()])) is None
    assert verdict("number_drift", Subject(person())) is None


@pytest.mark.parametrize("registered", [None, report("mobilePhone"), report("fido2")])
def test_what_was_not_read_is_unknown_where_a_number_is_expected(registered: Registered | None) -> None:
    """The report tells no numbers, and lags by hours: a phone that was set just now is not in it."""
    subject = drifting(expected(), registered=registered)
    assert verdict("number_drift", subject) is UNKNOWN
    assert evidence("number_drift", subject).startswith("Expected by the last change: mobile phone.")


def test_where_none_is_expected_the_report_without_one_is_enough() -> None:
    assert verdict("number_drift", drifting(expected(""), registered=report("fido2"))) is COMPLIANT
    assert verdict("number_drift", drifting(expected(""), registered=report("officePhone"))) is COMPLIANT
    assert verdict("number_drift", drifting(expected(""), registered=report("mobilePhone"))) is UNKNOWN
    assert verdict("number_drift", drifting(expected(""))) is UNKNOWN


def test_a_leavers_phones_drift_as_well() -> None:
    subject = drifting(expected(""), found=reading(phones=[phone()]), account_enabled=False)
    assert verdict("number_drift", subject) is VIOLATION


# SMS sign-in


def test_a_mobile_phone_that_is_ready_signs_in_alone() -> None:
    subject = read(*STRONG, phones=[phone(sms_sign_in="ready")])
    finding = findings_of(subject)["sms_sign_in"]
    assert (finding.verdict, finding.severity, finding.phone_type) == (VIOLATION, Severity.MEDIUM, MOBILE)
    assert finding.evidence == (
        "The mobile phone +44 ********56 alone signs in, without a password. Microsoft ends SMS sign-in on 2027-02-01."
    )


@pytest.mark.parametrize(
    "state", ["notSupported", "notAllowedByPolicy", "notEnabled", "phoneNumberNotUnique", "notConfigured"]
)
def test_every_other_state_complies(state: str) -> None:
    assert verdict("sms_sign_in", read(*STRONG, phones=[phone(sms_sign_in=state)])) is COMPLIANT


@pytest.mark.parametrize("state", ["", "unknownFutureValue"])
def test_a_state_that_says_nothing_is_unknown(state: str) -> None:
    assert verdict("sms_sign_in", read(*STRONG, phones=[phone(sms_sign_in=state)])) is UNKNOWN


@pytest.mark.parametrize("phones", [[], [phone(OFFICE, sms_sign_in="")]])
def test_without_a_mobile_phone_nobody_is_concerned(phones: list[PhoneSeen]) -> None:
    assert verdict("sms_sign_in", read(*STRONG, phones=phones)) is None


def test_a_mobile_phone_that_was_not_read_is_unknown() -> None:
    assert verdict("sms_sign_in", reported("mobilePhone")) is UNKNOWN
    assert verdict("sms_sign_in", reported("officePhone")) is None
