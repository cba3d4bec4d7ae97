"""The rules that the demo shows at work, counted from events, and the days around the end of telephony."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from rich.console import Console

from local.demo.company import GROUPS, found_company
from local.demo.hr_feed import written_feed
from local.demo.policy_tables import show_forecasts, show_rules
from local.demo.preparing import POLICY
from local.demo.rules_at_work import idle, rules_at_work
from local.demo.telephony_forecast import Forecast, forecasts
from local.demo.todays_policy import todays_policy
from shared.codes import Code
from shared.explain.case_run import run_cases
from shared.phone.reading import ReadNumber, read_number
from shared.policy.catalogue import CATALOGUE
from shared.policy.load import LoadedPolicy, load_policy
from shared.policy.model import Policy
from tests.unit.demo.test_demo_data import NOW, SEED
from tests.unit.demo.told import ended, finding, held

EXPIRED, SOON = "havana-fair", "call-centre-voip"


@pytest.fixture(scope="module")
def policy() -> LoadedPolicy:
    return load_policy(POLICY)


def test_a_rule_is_counted_by_request_and_not_by_event() -> None:
    (rule,) = rules_at_work(
        [
            held("R-1", "cool_down"),
            ended("R-1", findings=[finding("cool_down", "hold")]),
            ended("R-2", findings=[finding("cool_down", "allow", "relocation")]),
        ]
    )
    assert (rule.code, rule.requests, rule.answers, rule.example) == (
        Code.COOL_DOWN,
        2,
        (("excused", 1), ("hold", 1)),
        "R-1",
    )


def test_the_example_is_a_request_that_the_rule_decided() -> None:
    findings = [finding("privileged_user"), finding("guest_user")]
    both = ended("R-1", "rejected", "privileged_user", findings=findings)
    guest = ended("R-2", "rejected", "guest_user", findings=[finding("guest_user")])
    assert [rule.example for rule in rules_at_work([both, guest])] == ["R-1", "R-2"]


def test_rules_come_in_the_catalogues_order_and_the_idle_ones_are_named() -> None:
    events = [ended(f"R-{code}", findings=[finding(code)]) for code in reversed(CATALOGUE)]
    assert [rule.code for rule in rules_at_work(events)] == list(CATALOGUE)
    assert idle(rules_at_work(events)) == []
    assert idle(rules_at_work(events[1:])) == [list(CATALOGUE)[-1]]


def test_events_without_findings_are_no_rules_at_work() -> None:
    assert (
        rules_at_work([{"id": "x", "type": "mfaphone.policy.exception_expiring", "data": {"exceptionId": "x"}}]) == ()
    )


USERS = [
    {"userPrincipalName": "anna@contoso.example", "lastPasswordChangeDateTime": "2025-01-01T08:00:00Z"},
    {
        "userPrincipalName": "ben@contoso.example",
        "lastPasswordChangeDateTime": "2025-01-01T08:00:00Z",
        "phoneMethods": [{"phoneType": "mobile", "phoneNumber": "+49 15123456780"}],
        "methods": [],
    },
]


def body(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "requestId": f"R-{name}",
        "operation": "set",
        "user": {"userPrincipalName": f"{name}@contoso.example"},
        "phoneNumber": "+49 151 23456789",
        "requestedBy": "workday",
        "reason": "REQ1",
        # Long past on the days that are asked about.
        "requestedAt": "2026-11-23T08:00:00Z",
        "expiresAt": "2026-11-24T08:00:00Z",
        **fields,
    }


def told(forecast: Forecast) -> list[tuple[str, list[str]]]:
    days = (forecast.before, forecast.on_the_day, forecast.with_provider)
    return [(day.word, [*day.warnings]) for day in days]


def test_the_same_request_gives_what_each_day_demands(policy: LoadedPolicy) -> None:
    anna, ben, leaving = forecasts(
        [body("anna"), body("ben"), body("ben", operation="remove", phoneNumber=None)], {"users": USERS}, policy
    )
    assert told(anna) == [
        ("created", ["telephony_retires"]),
        ("rejected: telephony retired", []),
        ("created", []),
    ]
    assert told(ben) == [
        ("replaced", ["telephony_retires", "phone_is_only_method"]),
        ("rejected: telephony retired", []),
        ("replaced", ["phone_is_only_method"]),
    ]
    assert [word for word, _ in told(leaving)] == ["rejected: would lock out", "removed", "rejected: would lock out"]


def test_a_request_about_nobody_has_no_forecast(policy: LoadedPolicy) -> None:
    assert forecasts([body("nobody")], {"users": USERS}, policy) == ()


def test_what_fires_only_later_is_told_with_its_day(policy: LoadedPolicy) -> None:
    found = forecasts([body("anna"), body("ben")], {"users": USERS}, policy)
    (rule,) = rules_at_work([], found)
    assert (rule.code, rule.requests, rule.only_on, rule.example) == (
        Code.TELEPHONY_RETIRED,
        2,
        "2027-02-01",
        "R-anna",
    )
    (today,) = rules_at_work([ended("R-9", findings=[finding("telephony_retired")])], found)
    assert (today.example, today.only_on) == ("R-9", "")


@pytest.mark.parametrize("width", [80, 140])
def test_the_tables_fit_their_terminal_and_name_every_rule(width: int, policy: LoadedPolicy) -> None:
    screen = Console(file=io.StringIO(), width=width, markup=False, highlight=False, emoji=False)
    found = forecasts([body("anna"), body("ben")], {"users": USERS}, policy)
    show_forecasts(screen, found)
    show_rules(screen, rules_at_work([ended(f"R-{c}", findings=[finding(c)]) for c in CATALOGUE], found))
    assert isinstance(screen.file, io.StringIO)
    printed = screen.file.getvalue()
    assert max(map(len, printed.splitlines())) <= width
    words = " ".join(printed.split())
    assert all(code.split("_")[0] in words for code in CATALOGUE)
    assert "2027-02-01" in words


def test_no_forecast_and_no_rule_is_no_table() -> None:
    screen = Console(file=io.StringIO())
    show_forecasts(screen, ())
    show_rules(screen, ())
    assert isinstance(screen.file, io.StringIO)
    assert screen.file.getvalue() == ""


def test_the_demos_policy_passes_its_own_cases(policy: LoadedPolicy) -> None:
    results = run_cases(policy.rules)
    assert len(results) >= 4
    assert [result for result in results if not result.passed] == []


@pytest.mark.parametrize("today", [date(2026, 11, 26), date(2026, 12, 1), date(2027, 2, 1), date(2031, 5, 5)])
def test_the_demos_policy_shows_the_same_on_every_day(today: date) -> None:
    rules = Policy.model_validate(todays_policy(POLICY, today, own_feed=False))
    by_name = {exception.id: exception for exception in rules.exceptions}
    assert not by_name[EXPIRED].holds_on(today)
    assert timedelta(0) <= by_name[SOON].expires - today <= rules.exception_notice
    assert all(by_name[name].expires - today > rules.exception_notice for name in by_name.keys() - {EXPIRED, SOON})
    assert rules.telephony.mode == ("microsoft" if today < rules.telephony.retires_on else "customer_provider")


def test_what_a_feed_of_ones_own_asks_for_does_not_expire_before_one_has_seen_it() -> None:
    rules = Policy.model_validate(todays_policy(POLICY, NOW.date(), own_feed=True))
    assert rules.hold.longest == timedelta(hours=1)


def test_every_part_of_the_demos_policy_is_filled(policy: LoadedPolicy) -> None:
    left_out = {name for name in Policy.model_fields if not getattr(policy.rules, name)}
    assert left_out == set()
    assert {"cool_off", "warn"} <= set(policy.rules.answers.values())


def test_policy_knows_the_people_and_groups_of_the_company(policy: LoadedPolicy) -> None:
    company = found_company(SEED)
    feed = written_feed(company, SEED, NOW)
    names = {user["userPrincipalName"] for user in company.users}
    groups = {group.get("id") for group in GROUPS}
    requesters = {row["requestedBy"] for row in feed.rows}
    for exception in policy.rules.exceptions:
        assert set(exception.users) <= names
        assert set(exception.groups) <= groups
        assert set(exception.requesters) <= requesters
    assert set(policy.rules.protected_users.users) <= names
    assert set(policy.rules.protected_users.groups) <= groups


@pytest.mark.parametrize("seed", [SEED, 1, 7, 99])
def test_whoever_decides_in_the_story_is_known_to_policy_and_waits_for_nothing_that_is_not_sent(
    seed: int, policy: LoadedPolicy
) -> None:
    feed = written_feed(found_company(seed), seed, NOW)
    ids = {row["requestId"] for row in feed.rows}
    assert feed.moves.keys() <= ids
    assert {move.by for moves in feed.moves.values() for move in moves} <= policy.rules.approvers.keys()
    assert feed.after.keys() <= ids
    assert {name for names in feed.after.values() for name in names} <= ids
    assert set(feed.forecast) <= ids


@pytest.mark.parametrize("seed", [SEED, 1, 7, 99])
def test_nobody_but_the_one_who_is_to_be_blocked_gets_a_number_from_the_blocked_range(
    seed: int, policy: LoadedPolicy
) -> None:
    feed = written_feed(found_company(seed), seed, NOW)
    read = [read_number(row["phoneNumber"], "DE") for row in feed.rows if row.get("phoneNumber")]
    prefixes = policy.rules.blocked_numbers
    blocked = [one for one in read if isinstance(one, ReadNumber) and any(map(one.number.begins_with, prefixes))]
    assert len(blocked) == 1
