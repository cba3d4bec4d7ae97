"""Who is excused from which rule, by whose word, until when."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.change_history import History
from shared.codes import Code
from shared.directory_user import DirectoryGroup, Tie
from shared.errors import PolicyError
from shared.planning import plan_without_directory
from shared.policy.answers import Answer
from shared.policy.catalogue import ENTRIES
from shared.policy.decide import decide
from shared.policy.load import parse_policy
from tests.unit.policy.facts import ANNA, GROUP, NOW, POLICY, facts, fired, request, state

REGIONS = {"blocked": ["GB"]}
LAST_DAY = date(2026, 12, 31)


def exception(**fields: Any) -> dict[str, Any]:
    usual = {
        "id": "EX-1",
        "codes": ["region_not_allowed"],
        "users": [ANNA],
        "owner": "owner@contoso.example",
        "reason": "The works council agreed.",
        "expires": LAST_DAY.isoformat(),
    }
    return {**usual, **fields}


def excused(exceptions: list[dict[str, Any]], **fields: Any) -> bool:
    found = decide(facts(policy={"regions": REGIONS, "exceptions": exceptions}, **fields)).findings
    assert [finding.code for finding in found] == [Code.REGION_NOT_ALLOWED]
    return found[0].answer is Answer.ALLOW


@pytest.mark.parametrize(
    "named",
    [{"users": [ANNA.upper()]}, {"users": ["Anna@contoso.example"]}, {"users": [], "requesters": ["WorkDay"]}],
)
def test_an_exception_excuses_a_user_or_a_requester(named: dict[str, Any]) -> None:
    assert excused([exception(**named)])


@pytest.mark.parametrize(("tie", "is_excused"), [(Tie.MEMBER, True), (Tie.OWNER, False), (Tie.POSSIBLE, False)])
def test_an_exception_excuses_the_members_of_a_group_and_not_its_owners(tie: Tie, is_excused: bool) -> None:  # noqa: FBT001
    anna = state(groups=(DirectoryGroup(GROUP, "Board", tie=tie),))
    assert excused([exception(users=[], groups=[GROUP.upper()])], state=anna) is is_excused


@pytest.mark.parametrize(
    "named",
    [{"users": ["ben@contoso.example"]}, {"users": [], "groups": [GROUP]}, {"users": [], "requesters": ["form"]}],
)
def test_an_exception_excuses_nobody_else(named: dict[str, Any]) -> None:
    assert not excused([exception(**named)])


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        (datetime.combine(LAST_DAY, NOW.timetz()), True),
        (datetime(2026, 12, 31, 23, 59, 59, 999999, NOW.tzinfo), True),
        (datetime(2027, 1, 1, tzinfo=NOW.tzinfo), False),
    ],
)
def test_an_exception_holds_to_the_end_of_its_last_day(now: datetime, holds: bool) -> None:  # noqa: FBT001
    assert excused([exception()], now=now) is holds


def test_an_exception_excuses_from_its_own_rules_alone() -> None:
    found = fired(
        policy={"regions": REGIONS, "exceptions": [exception()]}, history=History((NOW - timedelta(hours=1),))
    )
    assert found == {Code.REGION_NOT_ALLOWED: Answer.ALLOW, Code.COOL_DOWN: Answer.HOLD}


def test_what_is_excused_stays_in_sight_with_the_exceptions_name() -> None:
    decision = decide(facts(policy={"regions": REGIONS, "exceptions": [exception()]}))
    assert [(finding.code, finding.excused_by) for finding in decision.findings] == [(Code.REGION_NOT_ALLOWED, "EX-1")]
    assert (decision.answer, decision.objections, decision.holds) == (Answer.ALLOW, (), ())


def test_what_an_exception_may_excuse_is_not_decided_before_the_user_is_known() -> None:
    rules = {"regions": REGIONS, "exceptions": [exception()]}
    assert plan_without_directory(facts(policy=rules, state=None, history=None)) is None
    late = facts(policy=rules, state=None, history=None, now=datetime(2027, 1, 1, tzinfo=NOW.tzinfo))
    late_request = request(requestedAt="2027-01-01T00:00:00Z")
    assert plan_without_directory(facts(late_request, policy=rules, state=None, history=None, now=late.now)) is not None


@pytest.mark.parametrize("code", [entry.code for entry in ENTRIES if not entry.excusable])
def test_what_protects_people_has_no_exceptions(code: Code) -> None:
    with pytest.raises(PolicyError, match=f"no exception may excuse from {code}"):
        parse(exception(codes=[code]))


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"users": []}, "names no user, group or requester"),
        ({"codes": []}, "exceptions.0.codes"),
        ({"owner": "nobody"}, "exceptions.0.owner"),
        ({"expires": None}, "exceptions.0.expires"),
        ({"reason": ""}, "exceptions.0.reason"),
    ],
)
def test_an_exception_says_who_why_by_whom_and_until_when(fields: dict[str, Any], fault: str) -> None:
    with pytest.raises(PolicyError, match=fault):
        parse(exception(**fields))


def test_no_two_exceptions_have_one_name() -> None:
    with pytest.raises(PolicyError, match="says more than once: ex-1"):
        parse(exception(), exception(id="ex-1"))


def parse(*exceptions: dict[str, Any]) -> None:
    parse_policy(json.dumps({**POLICY, "exceptions": exceptions}), "p")
