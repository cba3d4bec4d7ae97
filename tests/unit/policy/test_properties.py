"""What holds for every policy, every request and every user."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.codes import Code
from shared.directory_user import Holding, StoredPhone, Tie, Undetermined, UserState
from shared.explain.explanation import explain
from shared.explain.explanation_text import explanation_json, explanation_text
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.policy.answers import Answer
from shared.policy.catalogue import CATALOGUE, ENTRIES
from shared.policy.decide import RULES, Decision, decide, finding_of
from shared.policy.excusing import may_be_excused
from shared.policy.facts import Facts
from shared.policy.methods import COUNTED
from shared.policy.model import Policy
from tests.unit.policy.facts import ANNA, GROUP, NEW, OLD
from tests.unit.policy.strategies import GERMAN, KINDS, PREFIXES, PREMIUM, REGIONS, ROLE_WORDS, any_facts

MANY = settings(max_examples=200)


def codes(decision: Decision) -> set[Code]:
    return {finding.code for finding in decision.findings}


def not_milder(before: Decision, after: Decision) -> bool:
    return after.answer.strictness >= before.answer.strictness


# Any facts have a decision


@MANY
@given(any_facts())
def test_any_facts_have_a_decision_that_can_be_told_without_a_clear_number(drawn: tuple[dict[str, Any], Facts]) -> None:
    _, facts = drawn
    explanation = explain(facts, "v")
    told = explanation_text(explanation) + str(explanation_json(explanation)) + repr(explanation.decision)
    digits = "".join(told.split())
    assert not [number for number in (NEW, OLD, GERMAN, PREMIUM) if number.national in digits]


@MANY
@given(any_facts())
def test_every_rule_speaks_for_itself_whatever_the_others_say(drawn: tuple[dict[str, Any], Facts]) -> None:
    _, facts = drawn
    alone = [found for rule in RULES if (found := finding_of(rule, facts)) and not may_be_excused(found, facts)]
    decision = decide(facts)
    assert list(decision.findings) == alone
    assert decision.answer is max((found.answer for found in alone), key=lambda a: a.strictness, default=Answer.ALLOW)
    for rule in RULES:
        objects = rule.can_be_asked(facts) and rule.objection(facts) is not None
        if objects and not rule.is_switched_off(facts.policy) and facts.state is not None:
            assert rule.code in codes(decision)


@given(any_facts())
def test_a_rule_that_is_switched_off_says_nothing(drawn: tuple[dict[str, Any], Facts]) -> None:
    _, facts = drawn
    off = {rule.code for rule in RULES if rule.is_switched_off(facts.policy)}
    assert not off & codes(decide(facts))


# Adding a method never makes a decision worse


@MANY
@given(any_facts(user_is_known=True), st.sampled_from(COUNTED))
def test_one_more_method_never_makes_a_decision_worse(drawn: tuple[dict[str, Any], Facts], method: str) -> None:
    _, facts = drawn
    assert facts.state is not None
    richer = replace(facts, state=replace(facts.state, other_methods=(*facts.state.other_methods, method)))
    _is_no_worse(decide(facts), decide(richer))
    assert explain(richer, "").answer.strictness <= explain(facts, "").answer.strictness


@MANY
@given(any_facts(user_is_known=True), st.sampled_from([NEW, OLD, GERMAN, PREMIUM, None]), st.data())
def test_one_more_phone_that_the_request_does_not_touch_never_makes_policy_stricter(
    drawn: tuple[dict[str, Any], Facts], number: PhoneNumber | None, data: st.DataObject
) -> None:
    """Graph's own order of phones is another matter: it keeps a mobile phone while there is an alternate one."""
    _, facts = drawn
    assert facts.state is not None
    there = {phone.phone_type for phone in facts.state.phones}
    free = [name for name in PhoneType if name not in facts.request.phone_types and name not in there]
    if not free:
        return
    phones = (*facts.state.phones, StoredPhone(data.draw(st.sampled_from(free)), number))
    _is_no_worse(decide(facts), decide(replace(facts, state=replace(facts.state, phones=phones))))


def _is_no_worse(before: Decision, after: Decision) -> None:
    assert codes(after) <= codes(before)
    assert not_milder(after, before)


# Tightening a rule never admits more


def _blocked(rules: dict[str, Any], region: str) -> None:
    regions = rules.setdefault("regions", {})
    regions["blocked"] = sorted({*regions.get("blocked", []), region})
    if regions.get("allowed") is not None:
        regions["allowed"] = [each for each in regions["allowed"] if each != region]


def _no_longer_allowed(rules: dict[str, Any], region: str) -> None:
    regions = rules.setdefault("regions", {})
    allowed = regions.get("allowed")
    every = [each for each in REGIONS if each not in regions.get("blocked", [])] if allowed is None else allowed
    regions["allowed"] = [each for each in every if each != region]


def _kind_removed(rules: dict[str, Any], kind: str) -> None:
    rules["numberTypes"] = {
        name: [each for each in kinds if each != kind] for name, kinds in rules["numberTypes"].items()
    }


def _operation_removed(rules: dict[str, Any], operation: str) -> None:
    rules["requesters"] = {
        name: [each for each in operations if each != operation] for name, operations in rules["requesters"].items()
    }


def _prefix_added(rules: dict[str, Any], prefix: str) -> None:
    rules["blockedNumbers"] = sorted({*rules.get("blockedNumbers", []), prefix})


def _protected(word: str) -> Callable[[dict[str, Any], Any], None]:
    def tighten(rules: dict[str, Any], value: Any) -> None:
        protected = rules.setdefault("protectedUsers", {})
        usual = ["*"] if word == "directoryRoles" else []
        protected[word] = True if value is True else sorted({*protected.get(word, usual), value})

    return tighten


def _minimum_raised(rules: dict[str, Any], _: None) -> None:
    lock_out = rules.setdefault("lockOut", {})
    lock_out["minimumUsableMethods"] = lock_out.get("minimumUsableMethods", 1) + 1


USUAL_LIMITS = {"perUser": 3, "perRequester": 200, "perTenant": 400}


def _limit_lowered(rules: dict[str, Any], name: str) -> None:
    tripwires = rules.setdefault("tripwires", {})
    limit = tripwires.get(name, {"changes": USUAL_LIMITS[name], "window": "P7D" if name == "perUser" else "PT1H"})
    tripwires[name] = (
        {"changes": 5, "window": "P7D"} if limit is None else {**limit, "changes": max(limit["changes"] - 1, 1)}
    )


def _window_longer(rules: dict[str, Any], name: str) -> None:
    rules.setdefault("tripwires", {})[name] = "P30D"


def _user_window_longer(rules: dict[str, Any], _: None) -> None:
    tripwires = rules.setdefault("tripwires", {})
    limit = tripwires.get("perUser", {"changes": 3})
    tripwires["perUser"] = {"changes": limit["changes"] if limit else 3, "window": "P30D"}


def _fewer_users_per_number(rules: dict[str, Any], _: None) -> None:
    tripwires = rules.setdefault("tripwires", {})
    most = tripwires.get("usersPerNumber", 1)
    tripwires["usersPerNumber"] = max(most - 1, 1) if most else 3


def _answer_stricter(rules: dict[str, Any], code: str) -> None:
    entry, answers = CATALOGUE[Code(code)], rules.setdefault("answers", {})
    now = Answer(answers.get(code, entry.answer))
    answers[code] = next((str(each) for each in entry.answers if each.strictness > now.strictness), str(now))


def _exception_dropped(rules: dict[str, Any], index: int) -> None:
    rules["exceptions"] = [each for place, each in enumerate(rules.get("exceptions", [])) if place != index]


def _clocks_closer(rules: dict[str, Any], _: None) -> None:
    rules["requestAge"] = {"clockTolerance": "PT0S"}


TIGHTENINGS: dict[str, tuple[Callable[[dict[str, Any], Any], None], list[Any]]] = {
    "block a region": (_blocked, REGIONS),
    "allow a region no longer": (_no_longer_allowed, REGIONS),
    "allow a type no longer": (_kind_removed, KINDS),
    "take an operation from everybody": (_operation_removed, ["set", "remove", "undo"]),
    "block a prefix": (_prefix_added, PREFIXES),
    "protect a role": (_protected("directoryRoles"), ROLE_WORDS),
    "protect eligible roles": (_protected("eligibleRoles"), [True]),
    "protect role-assignable groups": (_protected("roleAssignableGroups"), [True]),
    "protect a user": (_protected("users"), [ANNA, "anna@contoso.example"]),
    "protect a group": (_protected("groups"), [GROUP]),
    "raise the minimum": (_minimum_raised, [None]),
    "lower a limit": (_limit_lowered, list(USUAL_LIMITS)),
    "count a user's changes for longer": (_user_window_longer, [None]),
    "lengthen a cool-down": (_window_longer, ["coolDown", "passwordAge"]),
    "lower the users of a number": (_fewer_users_per_number, [None]),
    "answer more strictly": (_answer_stricter, [entry.code.value for entry in ENTRIES]),
    "drop an exception": (_exception_dropped, [0, 1]),
    "tolerate no clock": (_clocks_closer, [None]),
}


@pytest.mark.parametrize("name", TIGHTENINGS)
@settings(max_examples=50)
@given(any_facts(), st.data())
def test_tightening_a_rule_never_admits_more(
    name: str, drawn: tuple[dict[str, Any], Facts], data: st.DataObject
) -> None:
    rules, facts = drawn
    tighten, values = TIGHTENINGS[name]
    tighter = copy.deepcopy(rules)
    tighten(tighter, data.draw(st.sampled_from(values)))
    before, after = decide(facts), decide(replace(facts, policy=Policy.model_validate(tighter)))
    assert not_milder(before, after)
    assert codes(before) <= codes(after)


# Unknown never admits


def _unread(source: Undetermined) -> Callable[[UserState], UserState]:
    """Takes away all that a source tells. Memberships tell roles too, and so do assignments."""
    ties = {
        Undetermined.MEMBERSHIPS: Tie.MEMBER,
        Undetermined.OWNED_GROUPS: Tie.OWNER,
        Undetermined.ELIGIBLE_GROUPS: Tie.POSSIBLE,
    }
    holdings = {
        Undetermined.MEMBERSHIPS: Holding.ACTIVE,
        Undetermined.ROLE_ASSIGNMENTS: Holding.ACTIVE,
        Undetermined.ELIGIBLE_ROLES: Holding.ELIGIBLE,
    }

    def forget(state: UserState) -> UserState:
        groups = tuple(group for group in state.groups if group.tie is not ties.get(source))
        roles = tuple(role for role in state.roles if role.holding is not holdings.get(source))
        return replace(state, groups=groups, roles=roles, undetermined=state.undetermined | {source})

    return forget


def _without(**fields: Any) -> Callable[[UserState], UserState]:
    return lambda state: replace(state, user=replace(state.user, **fields))


def _roles_without(**fields: Any) -> Callable[[UserState], UserState]:
    return lambda state: replace(state, roles=tuple(replace(role, **fields) for role in state.roles))


FORGETTING: dict[str, Callable[[UserState], UserState]] = {
    **{source: _unread(source) for source in Undetermined},
    "user type": _without(user_type=None),
    "password's age": _without(password_changed_at=None),
    "whether the account is enabled": _without(account_enabled=None),
    "roles' names": _roles_without(name=""),
    "roles' ids": _roles_without(template_id=""),
    "roles' names and ids": _roles_without(name="", template_id=""),
    "whether groups hold roles": lambda state: replace(
        state, groups=tuple(replace(group, role_assignable=None) for group in state.groups)
    ),
    "the phones' numbers": lambda state: replace(
        state, phones=tuple(StoredPhone(phone.phone_type, None) for phone in state.phones)
    ),
}


@pytest.mark.parametrize("what", FORGETTING)
@settings(max_examples=120)
@given(any_facts(user_is_known=True))
def test_what_is_not_known_never_admits(what: str, drawn: tuple[dict[str, Any], Facts]) -> None:
    _, facts = drawn
    assert facts.state is not None
    after = decide(replace(facts, state=FORGETTING[what](facts.state)))
    assert not_milder(decide(facts), after)


# Excused findings stay in sight


@MANY
@given(any_facts(user_is_known=True))
def test_an_exception_hides_nothing(drawn: tuple[dict[str, Any], Facts]) -> None:
    rules, facts = drawn
    without = decide(replace(facts, policy=Policy.model_validate({**rules, "exceptions": []})))
    decision = decide(facts)
    assert codes(decision) == codes(without)
    for finding, unexcused in zip(decision.findings, without.findings, strict=True):
        assert finding == unexcused or (finding.answer is Answer.ALLOW and finding.excused_by)
        assert finding == unexcused or CATALOGUE[finding.code].excusable
