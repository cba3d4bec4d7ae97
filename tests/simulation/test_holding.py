"""Held requests under mixed faults: nobody's change is written without leave, and the rules that say so can fail."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.codes import Code
from shared.phone.phone_type import PhoneType
from shared.request_hold import HoldState
from tests.fakes.world import NEW
from tests.simulation.checker import Rule
from tests.simulation.history import History, Op
from tests.simulation.hold_rules import COOL_DOWN, HOLD_RULES, answered_falsely, collected, too_soon, unapproved
from tests.simulation.holding import hold_soak


@pytest.mark.parametrize("seed", range(6))
def test_no_held_request_writes_without_leave(seed: int) -> None:
    run = hold_soak(seed, 120)
    assert run.broken == [], f"seed {seed}"
    assert run.simulation.broker.is_empty
    held, decided = run.simulation.history.of(Op.HELD), run.simulation.history.of(Op.DECIDED)
    assert {Code.COOL_DOWN, Code.NUMBER_SHARED} <= {code for hold in held for code in hold["codes"]}
    assert {decision["state"] for decision in decided} == {HoldState.APPROVED, HoldState.CANCELLED}


@pytest.mark.long
def test_thousands_of_held_requests_keep_every_promise() -> None:
    for seed in range(100, 150):
        assert hold_soak(seed, 200).broken == [], f"seed {seed}"


class Forgery(History):
    """A history that is made up."""

    def write(self, label: str, user: str, at: float, value: Any = NEW, undoes: str | None = None) -> None:
        phone_type = PhoneType.MOBILE
        self.note(
            Op.WRITE, label=label, user=user, phone_type=phone_type, value=value, at=at, undoes=undoes, sequence=1
        )

    def held(self, label: str, code: Code, releases_at: float | None = None) -> None:
        key = label.partition("~")[0]
        event_id = f"{key}:held"
        self.note(Op.HELD, key=key, label=label, event_id=event_id, codes=frozenset({code}), releases_at=releases_at)

    def decided(self, key: str, state: HoldState) -> None:
        self.note(Op.DECIDED, key=key, state=state)

    def answered(self, key: str, code: str) -> None:
        body = json.dumps({"data": {"requestId": key, "code": code}}).encode()
        self.note(Op.EVENT, event_id=f"approval:A:{code}", body=body)


def nobody_approved(forged: Forgery) -> None:
    forged.held("R-1~a", Code.COOL_DOWN)
    forged.write("R-1~a", "anna", 10)


def somebody_cancelled(forged: Forgery) -> None:
    forged.held("R-1~a", Code.COOL_DOWN, releases_at=5)
    forged.decided("R-1", HoldState.CANCELLED)
    forged.write("R-1~a", "anna", 10)


def not_cooled_off_yet(forged: Forgery) -> None:
    forged.held("R-1~a", Code.COOL_DOWN, releases_at=11)
    forged.write("R-1~a", "anna", 10)


def approved_for_something_else(forged: Forgery) -> None:
    forged.held("R-1~a", Code.COOL_DOWN)
    forged.decided("R-1", HoldState.APPROVED)
    forged.held("R-1~a", Code.NUMBER_SHARED)
    forged.write("R-1~a", "anna", 10)


def within_the_cool_down(forged: Forgery) -> None:
    forged.write("R-1~a", "anna", 0)
    forged.write("R-2~b", "anna", COOL_DOWN - 1)


def held_for_another_reason(forged: Forgery) -> None:
    forged.write("R-1~a", "anna", 0)
    forged.held("R-2~b", Code.USER_LIMIT)
    forged.decided("R-2", HoldState.APPROVED)
    forged.write("R-2~b", "anna", 5)


def a_number_for_two(forged: Forgery) -> None:
    forged.write("R-1~a", "anna", 0)
    forged.write("R-2~b", "bert", 5)


def an_approval_that_nobody_wrote_down(forged: Forgery) -> None:
    forged.answered("R-1", "approved")


@pytest.mark.parametrize(
    ("forge", "rule"),
    [
        (nobody_approved, unapproved),
        (somebody_cancelled, unapproved),
        (not_cooled_off_yet, unapproved),
        (approved_for_something_else, unapproved),
        (within_the_cool_down, too_soon),
        (held_for_another_reason, too_soon),
        (a_number_for_two, collected),
        (an_approval_that_nobody_wrote_down, answered_falsely),
    ],
)
def test_each_rule_notices_what_breaks_it(forge: Callable[[Forgery], None], rule: Rule) -> None:
    forged = Forgery()
    forge(forged)
    assert [each for each in HOLD_RULES if list(each(forged, {}))] == [rule]


def what_is_allowed(forged: Forgery) -> None:
    """Approved, cooled off, undone, past the cool-down, given up by its holder."""
    forged.write("R-1~a", "anna", 0)
    forged.write("R-2~b", "anna", 5, undoes="R-1", value=None)
    forged.held("R-3~c", Code.COOL_DOWN, releases_at=20)
    forged.write("R-3~c", "anna", 20)
    forged.held("R-4~d", Code.NUMBER_SHARED)
    forged.decided("R-4", HoldState.APPROVED)
    forged.answered("R-4", "approved")
    forged.write("R-4~d", "bert", 30)
    forged.write("R-5~e", "bert", 30 + COOL_DOWN, value=None)
    forged.write("R-6~f", "anna", 20 + COOL_DOWN, value=None)
    forged.write("R-7~g", "cleo", 30 + COOL_DOWN)


def test_no_rule_objects_to_what_is_allowed() -> None:
    forged = Forgery()
    what_is_allowed(forged)
    assert [each.__name__ for each in HOLD_RULES if list(each(forged, {}))] == []


def test_the_same_seed_gives_the_same_run() -> None:
    first, second = hold_soak(3, 40), hold_soak(3, 40)
    assert first.simulation.history.of(Op.HELD)
    assert first.simulation.history.happenings == second.simulation.history.happenings
