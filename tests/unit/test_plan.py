"""The plan: pure, total, and never a step back in the order of requests."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.change_history import History
from shared.codes import Code
from shared.directory_user import StoredPhone, UserState
from shared.messages.change_request import ChangeRequest
from shared.outcome import KnownUser
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import (
    Create,
    HoldBack,
    LookAgain,
    NoChange,
    OrderLost,
    Plan,
    Reject,
    Remove,
    Replace,
    Supersede,
    Watermark,
    is_done,
    write_hash,
)
from shared.planning import STALE_READS, Place, make_plan
from shared.policy.answers import Answer
from shared.policy.facts import Facts
from shared.policy.finding import Finding
from shared.request_hold import HoldDecision, HoldState, RequestHold
from tests.fakes.clock import START
from tests.fakes.world import KEY, NEW, OLD, World, person, policy

MOBILE = PhoneType.MOBILE
PASSKEY = ("fido2AuthenticationMethod",)
phone_numbers = st.sampled_from([NEW, OLD, PhoneNumber(43, "6641234567"), None])
stored = st.dictionaries(st.sampled_from(PhoneType), phone_numbers)
marks = st.dictionaries(
    st.sampled_from(PhoneType),
    st.builds(
        Watermark,
        sequence=st.integers(1, 20),
        request_id=st.just("other"),
        value_hash=st.sampled_from(["", "x", NEW.keyed_hash(KEY)]),
        accepted_at=st.just(START),
        advanced_at=st.sampled_from([START, START - timedelta(hours=1)]),
        seen=st.booleans(),
    ),
)


def facts(phones: dict[PhoneType, PhoneNumber | None], *, remove: bool, phone_type: PhoneType | None = None) -> Facts:
    fields: dict[str, Any] = {"operation": "remove", "phoneNumber": None} if remove else {}
    request = ChangeRequest.model_validate(World().request(phoneType=phone_type, **fields))
    return Facts(request, policy().rules, START, state(phones))


def state(phones: dict[PhoneType, PhoneNumber | None]) -> UserState:
    return UserState(person("anna").user, tuple(StoredPhone(*phone) for phone in phones.items()), (), PASSKEY)


def place(sequence: int) -> Place:
    return Place(sequence, "R", START, (KEY,))


@given(stored, marks, st.booleans(), st.sampled_from([*PhoneType, None]), st.integers(1, 20))
def test_a_plan_never_writes_a_phone_that_a_newer_request_has_taken(
    phones: dict[PhoneType, PhoneNumber | None],
    newer: dict[PhoneType, Watermark],
    remove: bool,  # noqa: FBT001 - drawn
    phone_type: PhoneType | None,
    sequence: int,
) -> None:
    asked = facts(phones, remove=remove, phone_type=phone_type)
    plan = make_plan(asked, state(phones), newer, place(sequence))
    written = plan.phone_types if isinstance(plan, Remove) else ()
    if isinstance(plan, Create | Replace):
        written = (plan.phone_type,)
    assert all(name not in newer or newer[name].sequence <= sequence for name in written)


@given(stored, st.booleans(), st.sampled_from([*PhoneType, None]))
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(
    phones: dict[PhoneType, PhoneNumber | None],
    remove: bool,  # noqa: FBT001 - drawn
    phone_type: PhoneType | None,
) -> None:
    plan = make_plan(facts(phones, remove=remove, phone_type=phone_type), state(phones), {}, place(1))
    if not isinstance(plan, Create | Replace | Remove):
        return
    after = dict(phones)
    if isinstance(plan, Remove):
        after = {name: number for name, number in phones.items() if name not in plan.phone_types}
    else:
        after[plan.phone_type] = plan.number
    assert is_done(plan, state(after).phones)
    again = make_plan(facts(after, remove=remove, phone_type=phone_type), state(after), {}, place(1))
    assert isinstance(again, NoChange)


def test_a_stored_text_that_is_no_number_is_replaced() -> None:
    phones: dict[PhoneType, PhoneNumber | None] = {MOBILE: None}
    assert make_plan(facts(phones, remove=False), state(phones), {}, place(1)) == Replace(MOBILE, NEW, None)


def seen(sequence: int, number: PhoneNumber | None, ago: timedelta = timedelta(0)) -> Watermark:
    value_hash = number.keyed_hash(KEY) if number else ""
    return Watermark(sequence, "other", value_hash, START, START - ago, seen=True)


def test_a_mark_older_than_stale_reads_can_be_does_not_make_a_read_doubtful() -> None:
    phones: dict[PhoneType, PhoneNumber | None] = {MOBILE: NEW}
    old = seen(1, OLD, STALE_READS + timedelta(seconds=1))
    fresh = make_plan(facts(phones, remove=False), state(phones), {MOBILE: seen(1, OLD)}, place(2))
    assert isinstance(fresh, LookAgain)
    assert isinstance(make_plan(facts(phones, remove=False), state(phones), {MOBILE: old}, place(2)), NoChange)


def test_a_write_of_another_request_that_was_not_seen_yet_makes_a_read_doubtful_too() -> None:
    """It may stand there already, and the read be too old to show it."""
    phones: dict[PhoneType, PhoneNumber | None] = {MOBILE: NEW}
    mark = replace(seen(1, OLD), seen=False)
    assert isinstance(make_plan(facts(phones, remove=False), state(phones), {MOBILE: mark}, place(2)), LookAgain)


def test_a_requests_own_mark_does_not_keep_it_from_writing_again() -> None:
    phones: dict[PhoneType, PhoneNumber | None] = {MOBILE: OLD}
    own = replace(seen(2, NEW), request_id="R")
    assert isinstance(make_plan(facts(phones, remove=False), state(phones), {MOBILE: own}, place(2)), Replace)


def test_a_mark_made_with_an_earlier_key_is_still_recognised() -> None:
    phones: dict[PhoneType, PhoneNumber | None] = {MOBILE: NEW}
    rotated = replace(place(2), number_keys=(b"n" * 32, KEY))
    plan = make_plan(facts(phones, remove=False), state(phones), {MOBILE: seen(1, NEW)}, rotated)
    assert isinstance(plan, NoChange)


@given(stored, marks, st.booleans(), st.sampled_from([*PhoneType, None]))
def test_nothing_is_written_on_a_read_that_contradicts_what_was_just_seen(
    phones: dict[PhoneType, PhoneNumber | None],
    earlier: dict[PhoneType, Watermark],
    remove: bool,  # noqa: FBT001 - drawn
    phone_type: PhoneType | None,
) -> None:
    asked = facts(phones, remove=remove, phone_type=phone_type)
    fresh = {name: replace(mark, seen=True, advanced_at=START) for name, mark in earlier.items()}
    plan = make_plan(asked, state(phones), fresh, place(100))
    written = plan.phone_types if isinstance(plan, Remove) else ()
    if isinstance(plan, Create | Replace):
        written = (plan.phone_type,)
    for name in written:
        stands = phones.get(name)
        value_hash = stands.keyed_hash(KEY) if stands else ""
        assert name not in fresh or fresh[name].value_hash == value_hash


def test_numbers_that_contradict_the_order_of_arrival_end_the_request_without_a_guess() -> None:
    mark = replace(seen(1000, OLD), accepted_at=START - timedelta(hours=1))
    assert make_plan(facts({}, remove=False), state({}), {MOBILE: mark}, place(2)) == OrderLost("other")


def test_who_supersedes_is_named() -> None:
    mark = Watermark(2, "R-2", "", START, START)
    assert make_plan(facts({}, remove=False), state({}), {MOBILE: mark}, place(1)) == Supersede("R-2")


def cooling(**fields: Any) -> Facts:
    """Gives facts on which the cool-down answers."""
    asked = facts({MOBILE: OLD}, remove=False)
    rules = policy(tripwires={"coolDown": "P1D"}, **fields).rules
    return replace(asked, policy=rules, history=History((START - timedelta(hours=1),)))


def plan_of(asked: Facts, where: Place) -> Plan:
    return make_plan(asked, state({MOBILE: OLD}), {}, where)


def test_a_request_that_a_rule_holds_waits_with_what_it_would_write() -> None:
    plan = plan_of(cooling(), place(1))
    assert isinstance(plan, HoldBack)
    assert [found.code for found in plan.open] == [found.code for found in plan.findings] == [Code.COOL_DOWN]
    assert plan.write == Replace(MOBILE, NEW, OLD)


@pytest.mark.parametrize("answer", ["allow", "warn"])
def test_what_is_allowed_or_only_warned_of_is_carried_out(answer: str) -> None:
    assert isinstance(plan_of(cooling(answers={"cool_down": answer}), place(1)), Replace)


def test_a_refusal_comes_before_a_hold_and_tells_both() -> None:
    plan = plan_of(cooling(answers={"cool_down": "refuse"}, requesters={}), place(1))
    assert isinstance(plan, Reject)
    assert plan.cause.code is Code.REQUESTER_NOT_ALLOWED
    assert [found.code for found in plan.findings] == [Code.REQUESTER_NOT_ALLOWED, Code.COOL_DOWN]


def test_nothing_to_write_is_nothing_to_hold() -> None:
    done = replace(cooling(), state=state({MOBILE: NEW}))
    assert isinstance(make_plan(done, state({MOBILE: NEW}), {}, place(1)), NoChange)


def test_the_same_number_is_written_anew_where_it_is_not_written_as_graph_documents() -> None:
    """Without the blank after the country code some of Microsoft's services overlook a number."""
    odd = replace(state({}), phones=(StoredPhone(MOBILE, NEW, is_well_written=False),))
    asked = replace(facts({}, remove=False), state=odd)
    assert make_plan(asked, odd, {}, place(1)) == Replace(MOBILE, NEW, NEW)
    well = replace(odd, phones=(StoredPhone(MOBILE, NEW),))
    assert isinstance(make_plan(replace(asked, state=well), well, {}, place(1)), NoChange)


def test_a_request_that_may_have_written_is_held_no_more_and_may_still_be_refused() -> None:
    written = replace(place(1), has_written=True)
    assert isinstance(plan_of(cooling(), written), Replace)
    assert isinstance(plan_of(cooling(requesters={}), written), Reject)


def approved(*codes: Code) -> Place:
    decision = HoldDecision(HoldState.APPROVED, "lead", "checked", START, "A-1")
    return replace(place(1), hold=held(*codes, decision=decision))


def held(*codes: Code, **fields: Any) -> RequestHold:
    findings = tuple(Finding(code, answer=Answer.HOLD) for code in codes)
    user = person("anna").user
    write = write_hash(user.id, Replace(PhoneType.MOBILE, NEW, OLD), KEY)
    known = KnownUser(user.id, user.user_principal_name)
    return RequestHold(findings, START, START + timedelta(days=3), known, write_hash=write, **fields)


def test_an_approval_settles_the_rules_that_were_told_and_no_other() -> None:
    assert isinstance(plan_of(cooling(), approved(Code.COOL_DOWN)), Replace)
    other = plan_of(cooling(), approved(Code.NUMBER_SHARED))
    assert isinstance(other, HoldBack)
    assert [found.code for found in other.open] == [Code.COOL_DOWN]


@pytest.mark.parametrize(("left", "waits"), [(timedelta(microseconds=1), True), (timedelta(0), False)])
def test_a_cooling_off_ends_by_itself(left: timedelta, waits: bool) -> None:  # noqa: FBT001 - parametrized
    asked = cooling(answers={"cool_down": "cool_off"})
    where = replace(place(1), hold=held(Code.COOL_DOWN, releases_at=START + left))
    assert isinstance(plan_of(asked, where), HoldBack if waits else Replace)


def test_a_hold_for_a_person_does_not_end_by_itself() -> None:
    where = replace(place(1), hold=held(Code.COOL_DOWN, releases_at=START))
    assert isinstance(plan_of(cooling(), where), HoldBack)


def test_graphs_order_of_phones_is_kept_whatever_policy_says() -> None:
    lonely = make_plan(facts({}, remove=False, phone_type=PhoneType.ALTERNATE_MOBILE), state({}), {}, place(1))
    assert isinstance(lonely, Reject)
    assert lonely.cause.code is Code.MOBILE_REQUIRED
    both: dict[PhoneType, PhoneNumber | None] = {MOBILE: OLD, PhoneType.ALTERNATE_MOBILE: NEW}
    left = make_plan(facts(both, remove=True, phone_type=MOBILE), state(both), {}, place(1))
    assert isinstance(left, Reject)
    assert left.cause.code is Code.ALTERNATE_MOBILE_DEPENDS
    assert make_plan(facts(both, remove=True), state(both), {}, place(1)) == Remove(
        (PhoneType.ALTERNATE_MOBILE, MOBILE), None
    )


def test_a_place_does_not_show_its_key() -> None:
    assert "kkk" not in repr(place(1))
