"""What a run comes to, counted share by share."""

from dataclasses import replace

import pytest

from shared.compliance.counts import ALL_OTHERS
from shared.compliance.finding import ComplianceCode, Severity
from shared.compliance.judging import judge
from shared.compliance.sharing import newly_told, shared_findings
from shared.compliance.subject import Standards, Subject
from shared.compliance.summary import RuleCount
from shared.compliance.tally import Tally
from tests.unit.compliance.people import (
    ALTERNATE,
    STRONG,
    expected,
    person,
    phone,
    read,
    reading,
    report,
    reported,
    standards,
)

SUBJECTS = (
    read(*STRONG),
    read(phones=[phone()], department="Finance"),
    read(department="Finance", country="DE"),
    read(STRONG[0], department="", country=""),
    reported("mobilePhone", department="Finance", manager_id="", manager_name=""),
    Subject(person(user_principal_name="new@contoso.example")),
    read(phones=[phone()], account_enabled=False, department="Finance"),
    read(*STRONG, phones=[phone(is_blocked=True), phone(ALTERNATE, is_blocked=True)]),
)
EXCUSE = {"id": "EX-1", "codes": ["phone_only"], "users": [person().user_id], "owner": "o@contoso.example"}
EXCUSED = standards(exceptions=[{**EXCUSE, "reason": "R", "expires": "2026-12-31"}])


def tally_of(*subjects: Subject, by: Standards | None = None) -> Tally:
    tally = Tally()
    for subject in subjects:
        tally.add(subject.person, judge(subject, by or standards()))
    return tally


def rule(tally: Tally, code: str) -> RuleCount:
    return next(each for each in tally.rule_counts(standards().rules) if each.code == code)


def test_people_are_counted_by_how_they_were_seen() -> None:
    tally = tally_of(*SUBJECTS)
    tally.leave_out(3)
    coverage = tally.coverage(0.98)
    assert (coverage.people, coverage.enabled, coverage.guests_left_out) == (8, 7, 3)
    assert (coverage.known, coverage.from_report, coverage.read, coverage.unread) == (6, 0, 6, 2)
    assert (coverage.share, coverage.needed_share) == (6 / 8, 0.98)


def test_of_an_empty_list_of_users_nothing_was_seen() -> None:
    assert Tally().coverage(0.5).share == 0.0


def test_each_rule_counts_its_answers() -> None:
    tally = tally_of(*SUBJECTS)
    counted = rule(tally, "phone_only")
    assert (counted.compliant, counted.violations, counted.unknown, counted.excused) == (4, 2, 1, 0)
    assert rule(tally, "leaver_with_phone").violations == 1
    assert rule(tally, "number_blocked").violations == 2
    assert (tally.phone_only, tally.no_method, tally.few_methods) == (2, 1, 1)
    assert tally.people_with_violations == 6


def test_a_rule_that_is_off_is_not_listed() -> None:
    by = standards(sweep={"off": ["sms_sign_in"]})
    listed = [each.code for each in Tally().rule_counts(by.rules)]
    assert listed == [code for code in ComplianceCode if code is not ComplianceCode.SMS_SIGN_IN]


def test_an_excused_violation_is_none_and_counts_as_excused() -> None:
    tally = tally_of(SUBJECTS[1], by=EXCUSED)
    assert (rule(tally, "phone_only").violations, rule(tally, "phone_only").excused) == (0, 1)
    assert (tally.phone_only, tally.people_with_violations) == (1, 0)
    (group,) = tally.departments.largest(5)
    assert (group.phone_only, group.violations) == (1, 0)


def test_a_rule_is_as_grave_as_its_gravest_finding_else_as_usual() -> None:
    assert rule(Tally(), "protected_on_phone").severity is Severity.HIGH
    by = standards(telephony={"mode": "customer_provider"})
    assert rule(tally_of(SUBJECTS[1], by=by), "phone_only").severity is Severity.MEDIUM
    both = tally_of(SUBJECTS[1], by=by)
    both.merge(tally_of(SUBJECTS[1]))
    assert rule(both, "phone_only").severity is Severity.CRITICAL


def test_groups_come_with_most_people_to_talk_to_first() -> None:
    tally = tally_of(*SUBJECTS)
    assert [(each.name, each.people, each.phone_only, each.no_method) for each in tally.departments.largest(9)] == [
        ("Finance", 3, 2, 1),
        ("Sales", 3, 0, 0),
        ("", 1, 0, 0),
    ]
    managers = tally.managers.largest(9)
    assert [(each.name, each.id) for each in managers] == [("Max Muster", person().manager_id), ("", "")]


def test_what_is_beyond_the_limit_is_counted_together() -> None:
    tally = tally_of(*SUBJECTS)
    first, others = tally.departments.largest(1)
    assert (first.name, others.name, others.id) == ("Finance", ALL_OTHERS, "")
    assert (others.people, others.violations, others.unknown) == (4, 3, 3)
    assert len(tally.departments.largest(3)) == 3
    assert tally.managers.largest(1)[-1].name == ALL_OTHERS


def test_of_several_names_of_one_manager_the_first_by_letters_counts_in_any_order() -> None:
    names = [read(manager_name=name) for name in ("Muster, Max", "", "Max Muster")]
    for subjects in (names, names[::-1]):
        assert tally_of(*subjects).managers.largest(1)[0].name == "Max Muster"
        merged = Tally()
        for subject in subjects:
            merged.merge(tally_of(subject))
        assert merged.managers.largest(1)[0].name == "Max Muster"


@pytest.mark.parametrize("cut", range(len(SUBJECTS) + 1))
def test_shares_that_were_written_down_and_merged_in_any_order_give_the_same(cut: int) -> None:
    shares = [tally_of(*SUBJECTS[:cut]), tally_of(*SUBJECTS[cut:])]
    for order in (shares, shares[::-1]):
        merged = Tally()
        for share in order:
            merged.merge(Tally.from_json(share.to_json()))
        assert merged.rule_counts(standards().rules) == tally_of(*SUBJECTS).rule_counts(standards().rules)
        assert merged.departments.largest(2) == tally_of(*SUBJECTS).departments.largest(2)
        assert merged.coverage(1) == tally_of(*SUBJECTS).coverage(1)
        assert merged.people_with_violations == 6


def test_two_tallies_share_nothing() -> None:
    assert tally_of(SUBJECTS[1]).rules
    assert (Tally().rules, Tally().departments.tallies, Tally().managers.by_id) == ({}, {}, True)


def test_shared_numbers_are_added_when_all_are_seen() -> None:
    anna, ben = SUBJECTS[0], read(*STRONG, phones=[phone()], user_id="ben", department="Finance")
    anna = replace(anna, reading=reading(*STRONG, phones=[phone()]))
    single = read(*STRONG, phones=[phone(number_hash="number-2")], user_id="carla")
    tally = tally_of(anna, ben, single)
    assert rule(tally, "number_shared").compliant == 3
    holders = [*judge(anna, standards()).holders, *judge(ben, standards()).holders]
    found = shared_findings(holders, standards())
    tally.add_findings(found, newly_told(holders, found))
    assert (rule(tally, "number_shared").compliant, rule(tally, "number_shared").violations) == (1, 2)
    assert tally.people_with_violations == 2
    assert [(each.name, each.violations) for each in tally.departments.largest(2)] == [("Sales", 1), ("Finance", 1)]


def test_what_concerns_nobody_is_in_no_group() -> None:
    tally = Tally()
    tally.add_compliant(ComplianceCode.EXCEPTION_EXPIRING, 4)
    assert rule(tally, "exception_expiring").compliant == 4
    assert tally.departments.largest(1) == ()


def test_its_size_goes_with_the_groups_and_not_with_the_people() -> None:
    few, many = tally_of(*SUBJECTS), tally_of(*SUBJECTS * 50)
    assert len(many.to_json()) - len(few.to_json()) < 200


def test_a_doubt_about_drift_is_counted_as_such() -> None:
    subject = Subject(person(), report("fido2", "microsoftAuthenticatorPush"), expected=(expected(),))
    assert rule(tally_of(subject), "number_drift").unknown == 1
