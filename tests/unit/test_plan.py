"""The plan: pure, total, and never a step back in the order of requests."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.directory_user import StoredPhone, UserState
from shared.messages.change_request import ChangeRequest
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import (
    STALE_READS,
    Create,
    LookAgain,
    NoChange,
    OrderLost,
    Place,
    Remove,
    Replace,
    Supersede,
    Watermark,
    is_done,
    make_plan,
)
from shared.policy.facts import Facts
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


def test_a_place_does_not_show_its_key() -> None:
    assert "kkk" not in repr(place(1))
