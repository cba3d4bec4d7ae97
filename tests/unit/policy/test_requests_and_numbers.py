"""Who may ask for what and when, and which numbers may be used."""

from datetime import timedelta
from typing import Any

import pytest

from shared.change_history import History
from shared.codes import Code
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import Expire
from shared.planning import plan_without_directory
from shared.policy.answers import Answer
from shared.policy.decide import decide
from shared.policy.facts import Undone
from tests.unit.policy.facts import NEW, NEW_TEXT, NOW, OLD, OLD_TEXT, facts, fired, removal, request, state

MOBILE = PhoneType.MOBILE


@pytest.mark.parametrize(("ahead", "refused"), [(-1, False), (299, False), (300, False), (300.001, True)])
def test_a_clock_may_be_ahead_by_the_tolerance_and_no_more(ahead: float, refused: bool) -> None:  # noqa: FBT001
    asked = request(requestedAt=(NOW + timedelta(seconds=ahead)).isoformat())
    assert fired(asked) == ({Code.REQUESTED_IN_FUTURE: Answer.REFUSE} if refused else {})


@pytest.mark.parametrize(("late", "expired"), [(timedelta(microseconds=-1), False), (timedelta(0), True)])
def test_a_request_is_valid_up_to_its_last_moment(late: timedelta, expired: bool) -> None:  # noqa: FBT001
    for fields, validity in (({}, timedelta(days=7)), ({"expiresAt": (NOW + timedelta(hours=1)).isoformat()}, None)):
        asked = request(requestedAt=NOW.isoformat(), **fields)
        end = NOW + (validity or timedelta(hours=1))
        early = plan_without_directory(facts(asked, now=end + late))
        assert isinstance(early, Expire) is expired


@pytest.mark.parametrize(
    ("requester", "operation", "allowed"),
    [
        ("workday", "set", True),
        ("WorkDay", "remove", True),
        ("servicedesk", "set", True),
        ("servicedesk", "remove", False),
        ("form", "set", False),
        ("*", "set", False),
    ],
)
def test_a_requester_may_do_what_policy_entitles_it_to(requester: str, operation: str, allowed: bool) -> None:  # noqa: FBT001
    asked = request(requestedBy=requester) if operation == "set" else removal(requestedBy=requester)
    assert fired(asked) == ({} if allowed else {Code.REQUESTER_NOT_ALLOWED: Answer.REFUSE})


def test_a_named_requester_has_none_of_the_wildcards_rights() -> None:
    requesters = {"*": ["set"], "Workday": []}
    assert fired(request(requestedBy="form"), policy={"requesters": requesters}) == {}
    assert Code.REQUESTER_NOT_ALLOWED in fired(policy={"requesters": requesters})


def test_an_undo_needs_its_own_entitlement_and_meets_the_same_rules() -> None:
    """What it comes to is a set; the requester asked for an undo."""
    undone = Undone(left=OLD)
    assert fired(undone=undone) == {}
    only_set = {"requesters": {"workday": ["set", "remove"]}}
    assert fired(undone=undone, policy=only_set) == {Code.REQUESTER_NOT_ALLOWED: Answer.REFUSE}
    assert fired(undone=undone, policy={"blockedNumbers": ["+447400123457"]}) == {Code.NUMBER_BLOCKED: Answer.REFUSE}


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        (NEW_TEXT, True),
        ("07400 123457", True),
        ("+44 7400 12345", False),
        ("+44 7400 1234567", False),
        ("07400 123457 or so", False),
        ("07400 123456/7", False),
    ],
)
def test_a_number_is_one_valid_number_in_phone_number_and_in_if_current(number: str, valid: bool) -> None:  # noqa: FBT001
    assert (Code.INVALID_NUMBER in fired(request(phoneNumber=number))) is not valid
    assert (Code.INVALID_NUMBER in fired(removal(ifCurrent=number))) is not valid


def test_a_national_number_of_no_known_region_is_refused_once_the_user_is_known() -> None:
    asked = request(phoneNumber="07400 123457")
    nowhere = state(user={"usage_location": None})
    assert fired(asked, state=None) == {}
    assert fired(asked, state=nowhere) == {Code.INVALID_NUMBER: Answer.REFUSE}
    assert fired(asked, state=nowhere, policy={"regions": {"default": "GB"}}) == {}


@pytest.mark.parametrize(("phone_type", "allowed"), [("mobile", False), ("alternateMobile", False), ("office", True)])
def test_only_an_office_phone_has_an_extension(phone_type: str, allowed: bool) -> None:  # noqa: FBT001
    asked = request(phoneNumber=f"{NEW_TEXT} x12", phoneType=phone_type)
    assert fired(asked) == ({} if allowed else {Code.EXTENSION_NOT_ALLOWED: Answer.REFUSE})


@pytest.mark.parametrize(
    ("prefix", "blocked"),
    [
        ("+44", True),
        ("+447400123457", True),
        ("+4474001234570", False),
        ("+447400123456", False),
        ("+4", True),
        ("+49", False),
        ("+7400", False),
    ],
)
def test_a_number_is_blocked_by_how_it_begins(prefix: str, blocked: bool) -> None:  # noqa: FBT001
    for answer in (Answer.HOLD, Answer.REFUSE):
        found = fired(policy={"blockedNumbers": [prefix], "answers": {"number_blocked": answer}})
        assert found == ({Code.NUMBER_BLOCKED: answer} if blocked else {})


@pytest.mark.parametrize(
    ("regions", "allowed"),
    [
        ({}, True),
        ({"blocked": ["GB"]}, False),
        ({"blocked": ["GG"]}, True),
        ({"allowed": ["GB"]}, True),
        ({"allowed": ["DE"]}, False),
        ({"allowed": []}, False),
    ],
)
def test_a_region_is_allowed_by_the_lists(regions: dict[str, Any], allowed: bool) -> None:  # noqa: FBT001
    for answer in (Answer.WARN, Answer.COOL_OFF, Answer.HOLD, Answer.REFUSE):
        found = fired(policy={"regions": regions, "answers": {"region_not_allowed": answer}})
        assert found == ({} if allowed else {Code.REGION_NOT_ALLOWED: answer})


@pytest.mark.parametrize("answer", [Answer.WARN, Answer.COOL_OFF, Answer.HOLD, Answer.REFUSE])
def test_a_type_is_allowed_for_each_phone_type_by_itself(answer: Answer) -> None:
    kinds = {"mobile": ["mobile"], "alternateMobile": [], "office": ["voip"]}
    rules = {"numberTypes": kinds, "answers": {"number_type_not_allowed": answer}}
    assert fired(policy=rules) == {}
    for phone_type in ("alternateMobile", "office"):
        assert fired(request(phoneType=phone_type), policy=rules) == {Code.NUMBER_TYPE_NOT_ALLOWED: answer}


@pytest.mark.parametrize(
    ("expected", "stored", "conflict"),
    [
        (OLD_TEXT, OLD, False),
        ("07400 123456", OLD, False),
        (OLD_TEXT, PhoneNumber(44, "7400123455"), True),
        # A repeat finds its own result.
        (OLD_TEXT, NEW, False),
        (OLD_TEXT, None, True),
    ],
)
def test_a_phone_is_changed_only_if_it_is_the_one_that_the_request_names(
    expected: str,
    stored: PhoneNumber | None,
    conflict: bool,  # noqa: FBT001
) -> None:
    found = fired(request(ifCurrent=expected), state=state({MOBILE: stored}))
    assert found == ({Code.CURRENT_NUMBER_DIFFERS: Answer.REFUSE} if conflict else {})


def test_a_phone_that_is_not_there_is_not_the_one_that_is_named() -> None:
    assert Code.CURRENT_NUMBER_DIFFERS in fired(request(ifCurrent=OLD_TEXT), state=state({}))
    # What was to be removed is gone: nothing is in conflict.
    assert fired(removal(ifCurrent=OLD_TEXT), state=state({})) == {}


@pytest.mark.parametrize(
    ("left", "stored", "conflict"),
    [(OLD, OLD, False), (OLD, PhoneNumber(44, "7400123455"), True), (OLD, None, True)],
)
def test_an_undo_goes_by_what_the_undone_request_left_there(
    left: PhoneNumber,
    stored: PhoneNumber | None,
    conflict: bool,  # noqa: FBT001
) -> None:
    found = fired(undone=Undone(left), state=state({MOBILE: stored}))
    assert (Code.CURRENT_NUMBER_DIFFERS in found) is conflict


def test_an_undo_of_a_removal_finds_no_phone_there() -> None:
    assert fired(undone=Undone(None), state=state({})) == {}
    assert Code.CURRENT_NUMBER_DIFFERS in fired(undone=Undone(None), state=state({MOBILE: OLD}))


def test_what_needs_the_directory_waits_for_it_and_the_rest_does_not() -> None:
    asked = request(requestedBy="form", ifCurrent=OLD_TEXT)
    assert fired(asked, state=None, history=None) == {Code.REQUESTER_NOT_ALLOWED: Answer.REFUSE}
    assert decide(facts(asked, state=None, history=None)).proof is None


def test_the_strictest_answer_decides_wherever_it_stands() -> None:
    softer = {"regions": {"blocked": ["GB"]}, "answers": {"region_not_allowed": "warn"}}
    late = History((NOW - timedelta(hours=1),))
    for history, answer in ((History(), Answer.WARN), (late, Answer.HOLD)):
        decision = decide(facts(policy=softer, history=history))
        assert decision.findings[0].answer is Answer.WARN
        assert decision.answer is answer
    conflict = decide(facts(request(ifCurrent=NEW_TEXT), policy=softer, history=late))
    assert conflict.answer is Answer.REFUSE
    assert [found.code for found in conflict.objections] == [Code.CURRENT_NUMBER_DIFFERS]
    assert [found.code for found in conflict.holds] == [Code.COOL_DOWN]
    assert len(conflict.findings) == 3
