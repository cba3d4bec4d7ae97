"""The rules about numbers: each phone by itself, and none that was not read."""

from datetime import UTC, datetime

import pytest

from shared.compliance.finding import Severity
from shared.compliance.judging import judge
from shared.compliance.rows import PhoneSeen
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
    findings_of,
    person,
    phone,
    read,
    reported,
    standards,
    verdict,
    verdicts,
)

NUMBER_RULES = (
    "number_invalid",
    "number_format",
    "number_type_not_allowed",
    "region_not_allowed",
    "number_blocked",
    "number_undeliverable",
)
MISSING = phone(kind="", region="")


def of(found: PhoneSeen, *more: PhoneSeen) -> Subject:
    return read(*STRONG, phones=[found, *more])


def test_a_number_that_nothing_is_wrong_with_keeps_every_rule() -> None:
    assert {code: verdict(code, of(phone())) for code in NUMBER_RULES} == dict.fromkeys(NUMBER_RULES, COMPLIANT)


def test_whoever_has_no_phone_is_of_no_concern() -> None:
    for subject in (read(*STRONG), reported("fido2"), Subject(person())):
        assert verdicts(subject).keys().isdisjoint({*NUMBER_RULES, "number_shared", "sms_sign_in"})


def test_a_number_that_was_not_read_is_unknown_to_every_rule() -> None:
    told = verdicts(reported("mobilePhone", "officePhone", "fido2"))
    for code in (*NUMBER_RULES, "number_shared"):
        assert told[code] is UNKNOWN
    assert evidence("number_blocked", reported("mobilePhone", "officePhone")) == (
        "There is a number that was not read: mobile phone and office phone. The registration report tells no more, "
        "and this run did not read the methods themselves."
    )


def test_one_phone_that_was_not_read_is_named() -> None:
    assert findings_of(reported("officePhone"))["number_invalid"].phone_type is OFFICE
    assert findings_of(reported("officePhone", "mobilePhone"))["number_invalid"].phone_type is None


def test_every_phone_is_told_by_itself() -> None:
    found = judge(of(phone(is_blocked=True), phone(ALTERNATE), phone(OFFICE, is_blocked=True)), standards()).findings
    assert [(each.code, each.phone_type) for each in found] == [("number_blocked", MOBILE), ("number_blocked", OFFICE)]


# Invalid


def test_a_text_that_is_no_number_is_told_without_it() -> None:
    finding = findings_of(of(NO_NUMBER))["number_invalid"]
    assert (finding.verdict, finding.severity, finding.phone_type) == (VIOLATION, Severity.MEDIUM, MOBILE)
    assert finding.evidence == "What is stored as the mobile phone is no phone number."


def test_a_number_that_does_not_exist_is_told_masked() -> None:
    assert evidence("number_invalid", of(MISSING)) == (
        "No such number exists in its country's numbering plan: mobile phone +44 ********56."
    )


@pytest.mark.parametrize("found", [NO_NUMBER, MISSING])
def test_no_other_rule_then_says_anything_about_it(found: PhoneSeen) -> None:
    told = verdicts(of(found))
    assert [code for code in NUMBER_RULES if told.get(code) is VIOLATION] == ["number_invalid"]
    assert set(NUMBER_RULES) & told.keys() <= {"number_invalid", "number_blocked"}


def test_but_for_a_blocked_prefix() -> None:
    assert verdict("number_blocked", of(phone(kind="", region="", is_blocked=True))) is VIOLATION
    assert verdict("number_blocked", of(NO_NUMBER)) is None


def test_a_number_written_otherwise_is_told_mildly() -> None:
    finding = findings_of(of(phone(is_well_written=False)))["number_format"]
    assert (finding.verdict, finding.severity) == (VIOLATION, Severity.LOW)
    assert finding.evidence == "Not written as Graph documents it: mobile phone +44 ********56."


def test_a_type_that_the_phone_may_not_have_is_told() -> None:
    assert verdict("number_type_not_allowed", of(phone(kind="voip"))) is VIOLATION
    assert evidence("number_type_not_allowed", of(phone(ALTERNATE, kind="toll_free"))) == (
        "Of type toll free, which no alternate mobile phone may have: alternate mobile phone +44 ********56."
    )


def test_types_are_allowed_by_phone() -> None:
    types = {"mobile": ["mobile"], "alternateMobile": ["mobile"], "office": ["mobile", "voip"]}
    by = standards(numberTypes=types)
    assert verdict("number_type_not_allowed", of(phone(OFFICE, kind="voip")), by) is COMPLIANT


@pytest.mark.parametrize(
    ("regions", "told"),
    [
        ({"blocked": ["GB"]}, "Region GB is blocked: mobile phone +44 ********56."),
        ({"allowed": ["DE"]}, "Region GB is not on the list: mobile phone +44 ********56."),
        ({"allowed": []}, "Region GB is not on the list: mobile phone +44 ********56."),
        ({"allowed": ["GB"], "blocked": ["DE"]}, ""),
        ({}, ""),
    ],
)
def test_regions_are_policys(regions: dict[str, list[str]], told: str) -> None:
    by = standards(regions=regions)
    if not told:
        assert verdict("region_not_allowed", of(phone()), by) is COMPLIANT
    else:
        assert evidence("region_not_allowed", of(phone()), by) == told


def test_a_blocked_number_is_grave() -> None:
    assert findings_of(of(phone(is_blocked=True)))["number_blocked"].severity is Severity.HIGH


@pytest.mark.parametrize(
    ("telephony", "found", "told"),
    [
        ({}, phone(kind="pager"), "No code reaches it, a pager number receives no code: mobile phone +44 ********56."),
        ({"unreachableRegions": ["GB"]}, phone(), "nothing is delivered to region GB"),
        ({"mode": "customer_provider", "reachableRegions": ["DE"]}, phone(), "does not deliver to region GB"),
    ],
)
def test_a_number_that_no_code_reaches_is_told(telephony: dict[str, object], found: PhoneSeen, told: str) -> None:
    assert told in evidence("number_undeliverable", of(found), standards(telephony=telephony))


def test_when_nothing_is_delivered_at_all_no_number_is_to_blame() -> None:
    by = standards(datetime(2027, 2, 1, tzinfo=UTC))
    assert verdict("number_undeliverable", of(phone(kind="pager")), by) is None
    assert verdict("number_undeliverable", reported("mobilePhone"), by) is None
