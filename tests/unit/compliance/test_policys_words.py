"""What policy says about the sweep's rules: off, how bad, excused; and what a policy may not say."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from shared.compliance.catalogue import CATALOGUE
from shared.compliance.finding import ComplianceCode, Severity, Source, Verdict
from shared.compliance.judging import judge
from shared.compliance.policy_findings import holding_on, policy_findings
from shared.errors import PolicyError
from shared.messages.exception_event import exception_event
from shared.policy.exceptions import PolicyException
from shared.policy.load import parse_policy
from tests.unit.compliance.people import (
    NOW,
    VIOLATION,
    findings_of,
    phone,
    read,
    reported,
    standards,
    verdicts,
)
from tests.unit.policy.facts import ANNA, GROUP, POLICY, policy
from tests.unit.test_exception_report import TODAY, Report, rules

LONELY = read(phones=[phone(is_blocked=True)])


def exception(**fields: Any) -> dict[str, Any]:
    plain = {
        "id": "EX-1",
        "codes": ["phone_only"],
        "owner": "o@contoso.example",
        "reason": "R",
        "expires": "2026-11-26",
    }
    return {**plain, **fields}


@pytest.mark.parametrize("code", [code for code in ComplianceCode if code is not ComplianceCode.EXCEPTION_EXPIRING])
def test_a_rule_that_is_off_says_nothing_at_all(code: ComplianceCode) -> None:
    by = standards(sweep={"off": [code.value]})
    for subject in (LONELY, reported("mobilePhone"), read()):
        assert code.value not in verdicts(subject, by)


def test_policy_says_how_bad_a_violation_is() -> None:
    by = standards(sweep={"severities": {"phone_only": "low", "number_blocked": "critical"}})
    told = findings_of(LONELY, by)
    assert (told["phone_only"].severity, told["number_blocked"].severity) == (Severity.LOW, Severity.CRITICAL)


# Exceptions


@pytest.mark.parametrize("name", [ANNA, ANNA.upper(), "Anna.Abel@contoso.example"])
def test_one_excuses_whom_it_names_to_the_end_of_its_last_day_and_hides_nothing(name: str) -> None:
    by = standards(exceptions=[exception(users=[name])])
    finding = findings_of(LONELY, by)["phone_only"]
    assert (finding.verdict, finding.excused_by) == (VIOLATION, "EX-1")
    assert findings_of(LONELY, by)["number_blocked"].excused_by == ""
    assert judge(LONELY, by).phone_only


def test_one_that_has_expired_excuses_nobody() -> None:
    by = standards(exceptions=[exception(users=[ANNA], expires="2026-11-25")])
    assert findings_of(LONELY, by)["phone_only"].excused_by == ""


def test_of_two_the_first_counts() -> None:
    by = standards(exceptions=[exception(id="A", users=[ANNA]), exception(id="B", users=[ANNA])])
    assert findings_of(LONELY, by)["phone_only"].excused_by == "A"


def test_what_is_not_known_is_not_excused() -> None:
    by = standards(exceptions=[exception(codes=["number_invalid"], users=[ANNA])])
    finding = findings_of(reported("mobilePhone"), by)["number_invalid"]
    assert (finding.verdict, finding.excused_by) == (Verdict.UNKNOWN, "")


def test_a_word_of_both_lists_is_one_exception() -> None:
    by = standards(exceptions=[exception(codes=["number_blocked"], users=[ANNA])])
    assert findings_of(LONELY, by)["number_blocked"].excused_by == "EX-1"


@pytest.mark.parametrize("whom", [{"groups": [GROUP]}, {"requesters": ["workday"]}])
def test_one_by_group_or_requester_excuses_nobody_and_is_named(whom: dict[str, Any]) -> None:
    by = standards(exceptions=[exception(codes=["number_blocked"], **whom)])
    finding = findings_of(LONELY, by)["number_blocked"]
    assert finding.excused_by == ""
    assert finding.evidence.endswith(
        " An exception by group or requester may excuse it, which the sweep cannot see: EX-1."
    )


@pytest.mark.parametrize("whom", [{"groups": [GROUP]}, {"requesters": ["workday"]}])
def test_one_from_a_rule_of_the_sweep_alone_names_users_alone(whom: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="an exception from phone_only names users alone"):
        PolicyException.model_validate(exception(users=[ANNA], **whom))


def test_there_is_none_from_an_exceptions_end() -> None:
    with pytest.raises(ValidationError, match="no exception may excuse from exception_expiring"):
        PolicyException.model_validate(exception(codes=["exception_expiring"], users=[ANNA]))


def test_its_event_names_the_sweeps_rules_as_well() -> None:
    one = PolicyException.model_validate(exception(codes=["phone_only", "number_blocked"], users=[ANNA]))
    event = exception_event(one, source="/s", policy_version="1", at=NOW)
    assert json.loads(event.body)["data"]["codes"] == ["phone_only", "number_blocked"]


async def test_the_mail_to_its_owner_says_what_the_rule_asks() -> None:
    report = Report(rules({**exception(users=[ANNA]), "expires": str(TODAY)}))
    await report.run()
    (mail,) = report.mailbox.sent
    assert CATALOGUE[ComplianceCode.PHONE_ONLY].question in mail.html


# Expiring exceptions


def test_each_that_ends_soon_is_told_and_concerns_nobody() -> None:
    by = standards(exceptions=[
        exception(id="late", users=[ANNA], expires="2026-12-11"),
        exception(id="soon", users=[ANNA], expires="2026-12-10"),
        exception(id="today", users=[ANNA], expires="2026-11-26"),
        exception(id="tomorrow", users=[ANNA], expires="2026-11-27"),
        exception(id="over", users=[ANNA], expires="2026-11-25"),
    ])  # fmt: skip
    found = policy_findings(by)
    assert [each.evidence for each in found] == [
        "Exception today expires on 2026-11-26: this is its last day.",
        "Exception tomorrow expires on 2026-11-27: 1 day left.",
        "Exception soon expires on 2026-12-10: 14 days left.",
    ]
    assert {(each.code, each.severity, each.source, each.user_id) for each in found} == {
        ("exception_expiring", Severity.LOW, Source.POLICY, "")
    }
    assert holding_on(by) == 1


def test_nobody_asks_where_it_is_off() -> None:
    by = standards(exceptions=[exception(users=[ANNA])], sweep={"off": ["exception_expiring"]})
    assert (policy_findings(by), holding_on(by)) == ((), 0)


# Remediation


@pytest.mark.parametrize(
    ("requesters", "remediation", "missing"),
    [
        ({"workday": ["set", "remove"]}, {"leavers": True}, "remove"),
        ({"Compliance-Sweep": ["set"]}, {"leavers": True}, "remove"),
        ({"compliance-sweep": ["remove"]}, {"formats": True}, "set"),
        ({"compliance-sweep": []}, {"leavers": True, "formats": True}, "remove, set"),
        ({"compliance-sweep": ["set"], "*": ["remove"]}, {"leavers": True}, "remove"),
    ],
)
def test_it_is_refused_where_its_name_may_not_do_it(
    requesters: dict[str, list[str]], remediation: dict[str, Any], missing: str
) -> None:
    text = json.dumps({**POLICY, "requesters": requesters, "sweep": {"remediation": remediation}})
    with pytest.raises(PolicyError, match=f"as compliance-sweep, and requesters does not let it {missing}$"):
        parse_policy(text, "p")


@pytest.mark.parametrize(
    ("requesters", "remediation"),
    [
        ({"Compliance-Sweep": ["remove"]}, {"leavers": True}),
        ({"*": ["set", "remove"]}, {"leavers": True, "formats": True}),
        ({"bot": ["remove"]}, {"leavers": True, "requestedBy": "bot"}),
        ({"workday": ["set"]}, {}),
    ],
)
def test_it_is_taken_where_it_may_or_is_off(requesters: dict[str, list[str]], remediation: dict[str, Any]) -> None:
    assert policy(requesters=requesters, sweep={"remediation": remediation}).sweep.remediation is not None


@pytest.mark.parametrize(
    "sweep",
    [
        {"severities": {"phone_onyl": "low"}},
        {"severities": {"phone_only": "terrible"}},
        {"off": ["phone_onyl"]},
        {"off": ["phone_only", "phone_only"]},
        {"minimumUsableMethods": 0},
        {"guest": True},
        {"remediation": {"leaver": True}},
        {"reportTo": ["nobody"]},
        {"completeShare": 1.1},
        {"longest": "8 hours"},
    ],
)
def test_what_policy_cannot_mean_is_refused(sweep: dict[str, Any]) -> None:
    with pytest.raises(PolicyError):
        parse_policy(json.dumps({**POLICY, "sweep": sweep}), "p")
