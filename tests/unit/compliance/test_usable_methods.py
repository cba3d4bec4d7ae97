"""Who would be locked out: a phone alone, nothing at all, too little."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.compliance.finding import Severity, Source
from shared.compliance.judging import judge
from shared.compliance.method_names import REPORT_NAMES, REPORT_PHONES
from shared.compliance.rows import MethodsRefused, Unavailable
from shared.compliance.subject import Subject
from shared.policy.methods import COUNTED
from tests.unit.compliance.people import (
    ALTERNATE,
    COMPLIANT,
    MOBILE,
    NO_NUMBER,
    OFFICE,
    READ_AT,
    REPORTED_AT,
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
    verdicts,
)
from tests.unit.policy.facts import AUTHENTICATOR, PASSKEY

RETIRED: dict[str, Any] = {"telephony": {"mode": "retired"}}
OWN: dict[str, Any] = {"telephony": {"mode": "customer_provider"}}
AFTER = datetime(2027, 2, 1, tzinfo=UTC)


# Phone only


def test_whoever_has_two_other_methods_complies() -> None:
    assert verdicts(read(*STRONG)) == {
        "phone_only": COMPLIANT,
        "no_method": COMPLIANT,
        "few_methods": COMPLIANT,
    }


def test_a_phone_alone_is_the_gravest_finding_with_the_days_that_are_left() -> None:
    (finding,) = judge(read(phones=[phone()]), standards()).findings
    assert (finding.code, finding.verdict, finding.severity) == ("phone_only", VIOLATION, Severity.CRITICAL)
    assert finding.evidence == (
        "The only method is a phone: mobile phone +44 ********56. 67 days left until 2027-02-01."
    )
    assert (finding.source, finding.as_of) == (Source.READING, READ_AT)


def test_several_phones_are_still_a_phone_alone() -> None:
    phones = [phone(), phone(ALTERNATE), phone(OFFICE)]
    assert verdict("phone_only", read(phones=phones)) is VIOLATION
    assert "mobile phone +44 ********56, alternate mobile phone +44 ********56 and office" in evidence(
        "phone_only", read(phones=phones)
    )


def test_the_report_alone_is_enough_to_tell_it() -> None:
    finding = findings_of(reported("mobilePhone", "officePhone"))["phone_only"]
    assert finding.evidence == (
        "The only method is a phone: mobile phone and office phone. 67 days left until 2027-02-01."
    )
    assert (finding.source, finding.as_of) == (Source.REPORT, REPORTED_AT)


@pytest.mark.parametrize("name", REPORT_PHONES)
def test_every_phone_of_the_report_is_one(name: str) -> None:
    assert verdict("phone_only", reported(name)) is VIOLATION


def test_it_says_what_is_there_and_does_not_count() -> None:
    subject = read("temporaryAccessPassAuthenticationMethod", "emailAuthenticationMethod", phones=[phone()])
    assert "Not counted as a way to sign in: temporaryAccessPassAuthenticationMethod, email" in evidence(
        "phone_only", subject
    )


@pytest.mark.parametrize("name", ["email", "temporaryAccessPass", "securityQuestion", "appPassword", "qrCode"])
def test_what_is_no_way_to_sign_in_does_not_save_the_report(name: str) -> None:
    assert verdict("phone_only", reported("mobilePhone", name)) is VIOLATION
    assert verdict("no_method", reported(name)) is VIOLATION


@pytest.mark.parametrize("name", COUNTED)
def test_every_counted_method_saves(name: str) -> None:
    assert verdict("phone_only", read(name, phones=[phone()])) is COMPLIANT


@pytest.mark.parametrize("name", [name for name, method in REPORT_NAMES.items() if method])
def test_every_counted_method_saves_in_the_reports_words(name: str) -> None:
    assert verdict("phone_only", reported(name, "mobilePhone")) is COMPLIANT


def test_a_method_that_policy_does_not_count_saves_nobody() -> None:
    by = standards(lockOut={"countedMethods": [PASSKEY]})
    assert verdict("phone_only", read(AUTHENTICATOR, phones=[phone()]), by) is VIOLATION
    assert verdict("phone_only", reported("microsoftAuthenticatorPush", "mobilePhone"), by) is VIOLATION
    assert AUTHENTICATOR in evidence("phone_only", read(AUTHENTICATOR, phones=[phone()]), by)


def test_a_phone_without_a_number_is_still_the_only_method() -> None:
    assert verdict("phone_only", read(phones=[NO_NUMBER])) is VIOLATION
    assert evidence("phone_only", read(phones=[NO_NUMBER])).startswith("The only method is a phone: mobile phone.")


def test_on_the_last_day_it_says_a_day() -> None:
    by = standards(datetime(2027, 1, 31, 23, 59, tzinfo=UTC))
    assert evidence("phone_only", read(phones=[phone()]), by).endswith("1 day left until 2027-02-01.")


def test_after_the_day_it_is_still_phone_only_and_nothing_else() -> None:
    told = findings_of(read(phones=[phone()]), standards(AFTER))
    assert list(told) == ["phone_only"]
    finding = next(iter(told.values()))
    assert finding.severity is Severity.CRITICAL
    assert finding.evidence.endswith("Nothing is delivered any more since 2027-02-01.")


def test_a_tenant_without_telephony_has_no_days_to_count() -> None:
    finding = findings_of(read(phones=[phone()]), standards(**RETIRED))["phone_only"]
    assert finding.severity is Severity.CRITICAL
    assert finding.evidence.endswith("Nothing is delivered any more.")


def test_a_tenant_with_a_provider_of_its_own_has_one_method_per_person_and_no_lock_out() -> None:
    finding = findings_of(read(phones=[phone()]), standards(AFTER, **OWN))["phone_only"]
    assert finding.severity is Severity.MEDIUM
    assert finding.evidence.endswith("Codes are delivered by the tenant's own provider.")


def test_a_disabled_account_is_of_no_concern() -> None:
    subject = read(phones=[phone()], account_enabled=False)
    assert {"phone_only", "no_method", "few_methods"}.isdisjoint(verdicts(subject))
    assert not judge(subject, standards()).phone_only


def test_an_account_that_may_be_disabled_is_in_doubt() -> None:
    subject = read(phones=[phone()], account_enabled=None)
    assert verdict("phone_only", subject) is UNKNOWN
    assert evidence("phone_only", subject).endswith("the directory does not say whether the account is enabled.")
    assert not judge(subject, standards()).phone_only


def test_the_judgement_says_it_also_where_the_rule_is_off() -> None:
    by = standards(sweep={"off": ["phone_only"]})
    judgement = judge(read(phones=[phone()]), by)
    assert judgement.phone_only
    assert "phone_only" not in verdicts(read(phones=[phone()]), by)


def test_where_it_is_off_the_same_person_has_too_few_methods() -> None:
    by = standards(AFTER, sweep={"off": ["phone_only"]})
    assert verdict("few_methods", read(phones=[phone()]), by) is VIOLATION
    assert evidence("few_methods", read(phones=[phone()]), by) == (
        "Usable methods: 0; policy wants 2. No code reaches the phone."
    )


def test_and_the_reports_phone_may_be_one() -> None:
    by = standards(sweep={"off": ["phone_only"]})
    assert evidence("few_methods", reported("mobilePhone"), by) == "Usable methods: 1 at most; policy wants 2."


# No method


def test_nothing_at_all_is_told_once() -> None:
    (finding,) = judge(read(), standards()).findings
    assert (finding.code, finding.severity) == ("no_method", Severity.HIGH)
    assert finding.evidence == "No method is registered."


def test_an_empty_row_of_the_report_says_so_as_well() -> None:
    finding = findings_of(reported())["no_method"]
    assert (finding.verdict, finding.source, finding.as_of) == (VIOLATION, Source.REPORT, REPORTED_AT)


def test_what_does_not_count_is_named() -> None:
    assert evidence("no_method", read("emailAuthenticationMethod")) == (
        "Nothing is registered that counts as a way to sign in: only emailAuthenticationMethod."
    )


def test_where_it_is_off_there_are_too_few() -> None:
    assert verdict("few_methods", read(), standards(sweep={"off": ["no_method"]})) is VIOLATION


# Few methods


def test_one_method_is_too_few() -> None:
    finding = findings_of(read(PASSKEY))["few_methods"]
    assert (finding.verdict, finding.severity) == (VIOLATION, Severity.MEDIUM)
    assert finding.evidence == "Usable methods: 1; policy wants 2."


def test_two_of_one_kind_are_two() -> None:
    assert verdict("few_methods", read(PASSKEY, PASSKEY)) is COMPLIANT


def test_a_phone_that_works_is_one_and_two_phones_are_one() -> None:
    assert verdict("few_methods", read(PASSKEY, phones=[phone()])) is COMPLIANT
    by = standards(sweep={"minimumUsableMethods": 3})
    assert verdict("few_methods", read(PASSKEY, phones=[phone(), phone(OFFICE)]), by) is VIOLATION


@pytest.mark.parametrize(
    "broken",
    [{"kind": "pager"}, {"region": "RU"}, {"kind": "", "region": ""}],
    ids=["a pager", "an unreachable region", "no such number"],
)
def test_a_phone_that_no_code_reaches_is_none(broken: dict[str, Any]) -> None:
    by = standards(telephony={"unreachableRegions": ["RU"]})
    assert verdict("few_methods", read(PASSKEY, phones=[phone(**broken)]), by) is VIOLATION
    assert "No code reaches the phone." in evidence("few_methods", read(PASSKEY, phones=[phone(**broken)]), by)


def test_after_the_day_no_phone_is_one() -> None:
    assert verdict("few_methods", read(PASSKEY, phones=[phone()]), standards(AFTER)) is VIOLATION
    assert verdict("few_methods", read(PASSKEY, phones=[phone()]), standards(AFTER, **OWN)) is COMPLIANT


def test_the_minimum_is_policys() -> None:
    assert verdict("few_methods", read(PASSKEY), standards(sweep={"minimumUsableMethods": 1})) is COMPLIANT


def test_the_report_tells_kinds_so_one_kind_is_unknown() -> None:
    """Two passkeys are one word in the report."""
    assert verdict("few_methods", reported("fido2")) is UNKNOWN
    assert "kinds of methods, not how many" in evidence("few_methods", reported("fido2"))


def test_two_words_for_one_kind_are_one_kind() -> None:
    assert verdict("few_methods", reported("passKeyDeviceBound", "fido2SecurityKey")) is UNKNOWN


def test_two_kinds_in_the_report_are_enough() -> None:
    assert verdict("few_methods", reported("fido2", "microsoftAuthenticatorPush")) is COMPLIANT


def test_the_reports_phone_perhaps_works() -> None:
    assert verdict("few_methods", reported("fido2", "mobilePhone")) is UNKNOWN


# What is not known


def test_a_name_that_nobody_knows_may_be_a_method() -> None:
    for subject in (read("telepathyAuthenticationMethod"), reported("telepathy")):
        assert verdicts(subject) == {"phone_only": COMPLIANT, "no_method": UNKNOWN, "few_methods": UNKNOWN}
        assert "telepathy" in evidence("no_method", subject)


def test_beside_a_phone_it_makes_phone_only_unknown() -> None:
    for subject in (read("telepathy", phones=[phone()]), reported("telepathy", "mobilePhone")):
        assert verdict("phone_only", subject) is UNKNOWN
        assert verdict("no_method", subject) is COMPLIANT


def test_it_changes_nothing_where_the_known_ones_are_enough() -> None:
    assert verdict("few_methods", read("telepathy", *STRONG)) is COMPLIANT
    assert verdict("phone_only", reported("telepathy", "fido2", "mobilePhone")) is COMPLIANT


def test_it_is_never_held_against_anybody() -> None:
    """Nobody knows whether it stands for one method, or for more."""
    by = standards(sweep={"minimumUsableMethods": 3})
    assert verdict("few_methods", read("telepathy", PASSKEY), by) is UNKNOWN


def test_a_reading_beats_the_report() -> None:
    subject = Subject(person(), report("mobilePhone"), reading(*STRONG))
    assert verdict("phone_only", subject) is COMPLIANT
    assert findings_of(subject) == {}


@pytest.mark.parametrize("name", ["hardwareOneTimePasscode", "externalAuthMethod"])
def test_but_not_about_what_graph_lists_in_the_report_alone(name: str) -> None:
    """A hardware token is no member of a user's own methods in v1.0, and saves all the same."""
    subject = Subject(person(), report("mobilePhone", name), reading(phones=[phone()]))
    assert verdict("phone_only", subject) is COMPLIANT
    assert verdict("few_methods", subject) is COMPLIANT
    dead = Subject(person(), report("mobilePhone", name), reading(phones=[phone(kind="pager")]))
    assert verdict("few_methods", dead) is UNKNOWN
    assert evidence("few_methods", dead).endswith("that Microsoft Graph lists nowhere else, not how many.")


def test_what_graph_lists_after_all_counts_once() -> None:
    row, found = report("externalAuthMethod"), reading("externalAuthenticationMethod")
    assert verdict("few_methods", Subject(person(), row, found)) is VIOLATION


def test_a_hardware_token_that_policy_does_not_count_saves_nobody() -> None:
    subject = Subject(person(), report("mobilePhone", "hardwareOneTimePasscode"), reading(phones=[phone()]))
    assert verdict("phone_only", subject, standards(lockOut={"countedMethods": [PASSKEY]})) is VIOLATION


def test_a_name_of_the_report_that_nobody_knows_stays_a_doubt_beside_a_reading() -> None:
    subject = Subject(person(), report("mobilePhone", "telepathy"), reading(phones=[phone()]))
    assert verdict("phone_only", subject) is UNKNOWN


def test_a_refused_reading_leaves_what_the_report_says() -> None:
    refused = MethodsRefused(person().user_id, "403 accessDenied")
    subject = Subject(person(), report("mobilePhone"), refused)
    assert verdict("phone_only", subject) is VIOLATION
    assert "Microsoft Graph refused to tell the methods: 403 accessDenied." in evidence("number_invalid", subject)


def test_a_refused_reading_without_a_row_is_unknown_with_the_refusal() -> None:
    subject = Subject(person(), reading=MethodsRefused(person().user_id, "403 accessDenied"))
    for code in ("phone_only", "no_method", "few_methods"):
        assert verdict(code, subject) is UNKNOWN
        assert "403 accessDenied." in evidence(code, subject)


def test_whoever_stands_nowhere_is_unknown_and_the_reason_is_told() -> None:
    assert verdicts(Subject(person())) == {"phone_only": UNKNOWN, "no_method": UNKNOWN, "few_methods": UNKNOWN}
    assert evidence("phone_only", Subject(person())) == (
        "Whether a phone is the only method is not known. The registration report does not list the person yet, "
        "and this run did not read the methods themselves."
    )


def test_without_a_licence_the_reason_is_the_licence() -> None:
    by = standards(report=Unavailable("The registration report needs Entra ID P1", "licence"))
    assert "The registration report needs Entra ID P1. This run did not read" in evidence(
        "phone_only", Subject(person()), by
    )


def test_without_the_permission_the_reason_is_the_permission() -> None:
    by = standards(readings=Unavailable("The app may not read methods.", "permission"))
    assert evidence("few_methods", reported("fido2"), by).endswith("The app may not read methods.")


def test_the_evidence_never_tells_when_it_was_read() -> None:
    for subject in (read(phones=[phone()]), reported("mobilePhone"), Subject(person())):
        for finding in judge(subject, standards()).findings:
            assert "2026-11-2" not in finding.evidence


@pytest.mark.parametrize(
    ("subject", "usable"),
    [
        (read(*STRONG), 2),
        (read(PASSKEY, phones=[phone(), phone(OFFICE)]), 2),
        (read(phones=[phone(kind="pager")]), 0),
        (read("telepathy"), None),
        (reported("fido2"), None),
        (reported(), 0),
        (Subject(person()), None),
    ],
    ids=["two", "phones once", "a pager", "an unknown name", "kinds", "none", "nobody knows"],
)
def test_usable_methods_are_a_figure_only_where_it_is_certain(subject: Subject, usable: int | None) -> None:
    assert judge(subject, standards()).usable_methods == usable


def test_phones_are_named_by_type() -> None:
    assert {MOBILE, ALTERNATE, OFFICE} == set(REPORT_PHONES.values())
