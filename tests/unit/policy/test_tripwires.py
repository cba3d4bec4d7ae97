"""What looks like a takeover: just inside, at and just outside of every window and figure."""

from datetime import timedelta
from typing import Any

import pytest

from shared.change_history import History
from shared.codes import Code
from shared.policy.answers import Answer
from tests.unit.policy.facts import NOW, fired, removal, state

MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)
TRIPWIRES = [Code.COOL_DOWN, Code.USER_LIMIT, Code.REQUESTER_LIMIT, Code.TENANT_LIMIT, Code.NUMBER_SHARED]
MUCH = History((NOW - timedelta(minutes=1),) * 3, 200, 400, 1)


def changed(*ages: timedelta) -> History:
    return History(tuple(NOW - age for age in ages))


@pytest.mark.parametrize(
    ("history", "held"),
    [
        (changed(), False),
        (changed(timedelta(0)), True),
        (changed(DAY - MOMENT), True),
        (changed(DAY), False),
        (changed(DAY + MOMENT), False),
        (changed(DAY - MOMENT, 2 * DAY), True),
        # Two clocks differ: what lies ahead is as recent as can be.
        (changed(-timedelta(minutes=1)), True),
    ],
)
def test_a_second_change_within_the_cool_down_waits(history: History, held: bool) -> None:  # noqa: FBT001 - parametrized
    assert fired(history=history) == ({Code.COOL_DOWN: Answer.HOLD} if held else {})


@pytest.mark.parametrize(
    ("history", "held"),
    [
        (changed(2 * DAY, 3 * DAY), False),
        (changed(2 * DAY, 3 * DAY, 7 * DAY - MOMENT), True),
        (changed(2 * DAY, 3 * DAY, 7 * DAY), False),
        (changed(2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY), True),
    ],
)
def test_a_user_whose_phones_change_too_often_waits(history: History, held: bool) -> None:  # noqa: FBT001 - parametrized
    assert fired(history=history) == ({Code.USER_LIMIT: Answer.HOLD} if held else {})


@pytest.mark.parametrize(("changes", "held"), [(199, False), (200, True), (201, True)])
def test_a_requester_that_changes_too_much_waits(changes: int, held: bool) -> None:  # noqa: FBT001 - parametrized
    assert fired(history=History(by_requester=changes)) == ({Code.REQUESTER_LIMIT: Answer.HOLD} if held else {})


@pytest.mark.parametrize(("changes", "held"), [(399, False), (400, True), (401, True)])
def test_a_tenant_in_which_too_much_changes_waits(changes: int, held: bool) -> None:  # noqa: FBT001 - parametrized
    assert fired(history=History(in_tenant=changes)) == ({Code.TENANT_LIMIT: Answer.HOLD} if held else {})


@pytest.mark.parametrize(("most", "others", "held"), [(1, 0, False), (1, 1, True), (2, 1, False), (2, 2, True)])
def test_a_number_is_on_no_more_users_than_policy_says(most: int, others: int, held: bool) -> None:  # noqa: FBT001
    rules = {"tripwires": {"usersPerNumber": most}}
    found = fired(policy=rules, history=History(other_holders=others))
    assert found == ({Code.NUMBER_SHARED: Answer.HOLD} if held else {})
    # Whoever loses the number may lose it.
    assert fired(removal(), policy=rules, history=History(other_holders=others)) == {}


@pytest.mark.parametrize(
    ("age", "held"),
    [
        (timedelta(0), True),
        (timedelta(hours=1) - MOMENT, True),
        (timedelta(hours=1), False),
        (-timedelta(minutes=1), True),
        (None, True),
    ],
)
def test_a_change_soon_after_the_password_waits_and_an_unknown_age_is_young(
    age: timedelta | None,
    held: bool,  # noqa: FBT001 - parametrized
) -> None:
    anna = state(user={"password_changed_at": None if age is None else NOW - age})
    found = fired(policy={"tripwires": {"passwordAge": "PT1H"}}, state=anna)
    assert found == ({Code.PASSWORD_JUST_CHANGED: Answer.HOLD} if held else {})
    assert fired(state=anna) == {}


@pytest.mark.parametrize("answer", list(Answer))
def test_policy_says_what_a_tripwire_answers(answer: Answer) -> None:
    found = fired(policy={"answers": dict.fromkeys(TRIPWIRES, answer)}, history=MUCH)
    assert found == ({} if answer is Answer.ALLOW else dict.fromkeys(TRIPWIRES, answer))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("coolDown", Code.COOL_DOWN),
        ("perUser", Code.USER_LIMIT),
        ("perRequester", Code.REQUESTER_LIMIT),
        ("perTenant", Code.TENANT_LIMIT),
        ("usersPerNumber", Code.NUMBER_SHARED),
    ],
)
def test_null_switches_one_tripwire_off_and_no_other(name: str, code: Code) -> None:
    rules: dict[str, Any] = {"tripwires": {name: None}}
    assert set(TRIPWIRES) - set(fired(policy=rules, history=MUCH)) == {code}


def test_without_history_no_tripwire_is_asked() -> None:
    """It is read before every plan; without it only the request has been looked at."""
    assert fired(history=None) == {}
