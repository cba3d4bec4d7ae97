"""The plan: pure, total, and never a step back in the order of requests."""

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
    NoChange,
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
phone_numbers = st.sampled_from([NEW, OLD, PhoneNumber(43, "6641234567"), None])
stored = st.dictionaries(st.sampled_from(PhoneType), phone_numbers)
marks = st.dictionaries(
    st.sampled_from(PhoneType),
    st.builds(
        Watermark,
        sequence=st.integers(1, 20),
        request_id=st.just("other"),
        value_hash=st.sampled_from(["", "x", NEW.keyed_hash(KEY)]),
        advanced_at=st.sampled_from([START, START - timedelta(hours=1)]),
    ),
)


def facts(phones: dict[PhoneType, PhoneNumber | None], *, remove: bool, phone_type: PhoneType | None = None) -> Facts:
    fields: dict[str, Any] = {"operation": "remove", "phoneNumber": None} if remove else {}
    request = ChangeRequest.model_validate(World().request(phoneType=phone_type, **fields))
    return Facts(request, policy(lockOut={"minimumUsableMethods": 0}).rules, START, state(phones))


def state(phones: dict[PhoneType, PhoneNumber | None]) -> UserState:
    return UserState(person("anna").user, tuple(StoredPhone(*phone) for phone in phones.items()), (), ())


@given(stored, marks, st.booleans(), st.sampled_from([*PhoneType, None]), st.integers(1, 20))
def test_a_plan_never_writes_a_phone_that_a_newer_request_has_taken(
    phones: dict[PhoneType, PhoneNumber | None],
    newer: dict[PhoneType, Watermark],
    remove: bool,  # noqa: FBT001 - drawn
    phone_type: PhoneType | None,
    sequence: int,
) -> None:
    asked = facts(phones, remove=remove, phone_type=phone_type)
    plan = make_plan(asked, state(phones), newer, Place(sequence, "R", KEY))
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
    plan = make_plan(facts(phones, remove=remove, phone_type=phone_type), state(phones), {}, Place(1, "R", KEY))
    if not isinstance(plan, Create | Replace | Remove):
        return
    after = dict(phones)
    if isinstance(plan, Remove):
        after = {name: number for name, number in phones.items() if name not in plan.phone_types}
    else:
        after[plan.phone_type] = plan.number
    assert is_done(plan, state(after).phones)
    again = make_plan(facts(after, remove=remove, phone_type=phone_type), state(after), {}, Place(1, "R", KEY))
    assert isinstance(again, NoChange)


def test_a_stored_text_that_is_no_number_is_replaced() -> None:
    phones: dict[PhoneType, PhoneNumber | None] = {MOBILE: None}
    assert make_plan(facts(phones, remove=False), state(phones), {}, Place(1, "R", KEY)) == Replace(MOBILE, NEW, None)


def test_a_mark_older_than_stale_reads_can_be_does_not_make_a_read_doubtful() -> None:
    phones: dict[PhoneType, PhoneNumber | None] = {MOBILE: NEW}
    place = Place(2, "R", KEY)
    fresh = Watermark(1, "other", OLD.keyed_hash(KEY), START)
    old = Watermark(1, "other", OLD.keyed_hash(KEY), START - STALE_READS - timedelta(seconds=1))
    assert isinstance(make_plan(facts(phones, remove=False), state(phones), {MOBILE: fresh}, place), Replace)
    assert isinstance(make_plan(facts(phones, remove=False), state(phones), {MOBILE: old}, place), NoChange)


def test_who_supersedes_is_named() -> None:
    mark = Watermark(2, "R-2", "", START)
    assert make_plan(facts({}, remove=False), state({}), {MOBILE: mark}, Place(1, "R", KEY)) == Supersede("R-2")


def test_a_place_does_not_show_its_key() -> None:
    assert "kkk" not in repr(Place(1, "R", KEY))
