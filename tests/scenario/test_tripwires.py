"""Tripwires: what looks like a takeover is held, what was never written does not count."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import DirectoryThrottledError, LedgerUnavailableError
from shared.phone.phone_type import PhoneType
from shared.ports import WriteAnswer, WriteCertainty
from tests.fakes.world import NEW, OLD, World, person, policy

OFF = dict.fromkeys(("coolDown", "perUser", "perRequester", "perTenant", "usersPerNumber"))
REFUSED = WriteAnswer(WriteCertainty.REFUSED, 400, "badRequest")


def world(**tripwires: Any) -> World:
    people = [person(name, phones={PhoneType.MOBILE: OLD}) for name in ("anna", "bert", "cleo", "dora")]
    return World(people, policy(tripwires={**OFF, **tripwires}))


def number(index: int) -> str:
    return f"+49 151 1111{index:04d}"


async def change(found: World, request_id: str, name: str = "anna", **fields: Any) -> tuple[str, str]:
    """Handles a request for one of the people, and gives how it ended."""
    user = {"userPrincipalName": f"{name}@contoso.example"}
    await found.service.handle(found.message(request_id, user=user, **fields))
    return found.outcomes()[-1]


async def test_a_change_within_the_cool_down_is_held_and_one_after_it_is_not() -> None:
    found = world(coolDown="P1D")
    assert await change(found, "R-1", phoneNumber=number(1)) == ("changed", "replaced")
    found.clock.move(hours=23, minutes=59)
    assert await change(found, "R-2", phoneNumber=number(2)) == ("held", "cool_down")
    found.clock.move(minutes=1)
    assert await change(found, "R-3", phoneNumber=number(3)) == ("changed", "replaced")


async def test_the_cool_down_is_one_users_whatever_key_names_the_user() -> None:
    found = world(coolDown="P1D")
    await change(found, "R-1", phoneNumber=number(1))
    assert await change(found, "R-2", "bert", phoneNumber=number(2)) == ("changed", "replaced")
    await found.service.handle(found.message("R-3", user={"employeeId": "E-anna"}, phoneNumber=number(3)))
    assert found.outcomes()[-1] == ("held", "cool_down")


async def test_more_changes_of_a_user_than_policy_allows_in_the_window_are_held() -> None:
    found = world(perUser={"changes": 2, "window": "P7D"})
    assert (await change(found, "R-1", phoneNumber=number(1)))[0] == "changed"
    assert (await change(found, "R-2", phoneNumber=number(2)))[0] == "changed"
    assert await change(found, "R-3", phoneNumber=number(3)) == ("held", "user_limit")
    found.clock.move(days=7)
    assert (await change(found, "R-4", phoneNumber=number(4)))[0] == "changed"


async def test_more_changes_by_a_requester_than_policy_allows_are_held_and_others_go_on() -> None:
    found = world(perRequester={"changes": 2, "window": "PT1H"})
    for index, name in enumerate(("anna", "bert")):
        assert (await change(found, f"R-{index}", name, phoneNumber=number(index)))[0] == "changed"
    assert await change(found, "R-7", "cleo", phoneNumber=number(7), requestedBy="WorkDay") == (
        "held",
        "requester_limit",
    )
    assert (await change(found, "R-8", "dora", phoneNumber=number(8), requestedBy="servicedesk"))[0] == "changed"


async def test_more_changes_in_the_tenant_than_policy_allows_are_held() -> None:
    found = world(perTenant={"changes": 2, "window": "PT1H"})
    await change(found, "R-1", "anna", phoneNumber=number(1))
    await change(found, "R-2", "bert", phoneNumber=number(2), requestedBy="servicedesk")
    assert await change(found, "R-3", "cleo", phoneNumber=number(3)) == ("held", "tenant_limit")
    found.clock.move(hours=1, seconds=1)
    assert (await change(found, "R-4", "dora", phoneNumber=number(4)))[0] == "changed"


async def test_a_number_that_others_have_is_held_and_the_index_holds_no_clear_number() -> None:
    found = world(usersPerNumber=1)
    await change(found, "R-1", "anna")
    assert await change(found, "R-2", "bert") == ("held", "number_shared")
    assert all(NEW.national not in str(key) for key in found.numbers.notes)


async def test_so_many_users_may_share_a_number_as_policy_says() -> None:
    found = world(usersPerNumber=2)
    assert (await change(found, "R-1", "anna"))[0] == "changed"
    assert (await change(found, "R-2", "bert"))[0] == "changed"
    assert await change(found, "R-3", "cleo") == ("held", "number_shared")


async def test_the_same_user_may_have_a_number_twice() -> None:
    found = world(usersPerNumber=1)
    await change(found, "R-1")
    assert (await change(found, "R-2", phoneType="office", phoneNumber="+49 30 901820"))[0] == "changed"
    assert (await change(found, "R-3", phoneType="alternateMobile"))[0] == "changed"


async def test_a_number_that_its_holder_gave_up_is_free() -> None:
    found = world(usersPerNumber=1)
    await change(found, "R-1", "anna")
    await change(found, "R-2", "anna", phoneNumber=number(2))
    assert (await change(found, "R-3", "bert"))[0] == "changed"


async def test_a_holder_who_lost_the_number_by_hand_does_not_count() -> None:
    """The index knows only what this product wrote: before it holds anybody up, the directory is asked."""
    found = world(usersPerNumber=1)
    await change(found, "R-1", "anna")
    found.people[0].phones[PhoneType.MOBILE] = OLD
    found.clock.move(hours=1)
    assert (await change(found, "R-2", "bert"))[0] == "changed"


async def test_notes_that_are_out_of_date_do_not_hide_a_holder_who_has_the_number() -> None:
    found = world(usersPerNumber=1)
    await change(found, "R-0", "dora")
    found.clock.move(minutes=1)
    for stale in found.people[1:3]:
        number_hash = NEW.keyed_hash(found.options.number_key)
        await found.numbers.note(number_hash, stale.user.id, PhoneType.MOBILE, found.clock.now())
    found.clock.move(hours=1)
    assert await change(found, "R-1", "anna") == ("held", "number_shared")
    assert len(found.numbers.notes) == 1


async def test_a_holder_who_was_deleted_counts_because_the_account_may_come_back() -> None:
    found = world(usersPerNumber=1)
    await change(found, "R-1", "anna")
    found.people[0].deleted = True
    found.clock.move(hours=1)
    assert await change(found, "R-2", "bert") == ("held", "number_shared")


async def test_two_requests_that_find_a_number_free_at_the_same_time_do_not_both_get_it() -> None:
    """The second one's note comes after the plan of the first, and before its write."""
    found = world(usersPerNumber=1)
    bert = found.people[1].user.id

    async def hand_it_to_bert(user_id: str, holder: str, until: Any, now: Any) -> bool:
        await found.numbers.note(NEW.keyed_hash(found.options.number_key), bert, PhoneType.MOBILE, now)
        return await type(found.watermarks).hold(found.watermarks, user_id, holder, until, now)

    found.watermarks.hold = hand_it_to_bert  # type: ignore[method-assign]
    assert await change(found, "R-1", "anna") == ("held", "number_shared")
    assert found.directory.writes == []


async def test_a_change_that_graph_refused_counts_for_nothing() -> None:
    found = world(coolDown="P1D", usersPerNumber=1)
    found.directory.answers = [(False, REFUSED)]
    found.directory.read_back_faults = []
    assert await change(found, "R-1", phoneNumber=number(1)) == ("failed", "directory_refused")
    assert (await change(found, "R-2", phoneNumber=number(2)))[0] == "changed"
    assert (await change(found, "R-3", "bert", phoneNumber=number(1)))[0] == "changed"


async def test_a_throttled_write_that_was_not_made_counts_once_when_it_is() -> None:
    found = world(coolDown="P1D", perUser={"changes": 1, "window": "P1D"})
    found.directory.answers = [(False, DirectoryThrottledError(retry_after=60))]
    await found.service.handle(found.message("R-1", phoneNumber=number(1)))
    assert found.history.notes == set()
    await found.handle_postponed()
    assert found.outcomes() == [("changed", "replaced")]
    assert len(found.history.notes) == 1


async def test_without_a_note_of_the_change_nothing_is_written() -> None:
    """A tripwire that could not count the change would miss the next one."""
    found = world(coolDown="P1D")
    found.history.faults = [LedgerUnavailableError(retry_after=60)]
    await found.service.handle(found.message("R-1"))
    assert found.directory.writes == []
    await found.handle_postponed()
    assert found.outcomes() == [("changed", "replaced")]


async def test_what_changes_nothing_is_not_counted() -> None:
    found = world(coolDown="P1D", perRequester={"changes": 1, "window": "P1D"})
    await change(found, "R-1", phoneNumber=f"+49 {OLD.national}")
    await change(found, "R-2", dryRun=True)
    assert found.history.notes == set()
    assert (await change(found, "R-3"))[0] == "changed"


@pytest.mark.parametrize(
    ("age", "outcome"),
    [
        (timedelta(hours=23), ("held", "password_just_changed")),
        (timedelta(hours=24), ("changed", "replaced")),
        (None, ("held", "password_just_changed")),
    ],
)
async def test_a_change_soon_after_the_password_was_changed_is_held(
    age: timedelta | None, outcome: tuple[str, str]
) -> None:
    found = world(passwordAge="P1D")
    anna = found.people[0]
    anna.user = replace(anna.user, password_changed_at=None if age is None else found.clock.now() - age)
    assert await change(found, "R-1") == outcome


async def test_all_tripwires_are_told_not_the_first_alone() -> None:
    found = world(coolDown="P1D", perUser={"changes": 1, "window": "P1D"}, usersPerNumber=1)
    await change(found, "R-1", "bert")
    await change(found, "R-2", "anna", phoneNumber=number(2))
    await change(found, "R-3", "anna")
    codes = [finding["code"] for finding in found.event()["data"]["findings"]]
    assert codes == ["number_shared", "cool_down", "user_limit"]


async def test_a_tripwire_may_refuse_where_policy_wants_that() -> None:
    found = world(coolDown="P1D")
    found.loaded_policy = policy(tripwires={**OFF, "coolDown": "P1D"}, answers={"cool_down": "refuse"})
    await change(found, "R-1", phoneNumber=number(1))
    assert await change(found, "R-2", phoneNumber=number(2)) == ("rejected", "cool_down")


async def test_a_tripwire_that_only_warns_lets_through_and_is_named_in_the_event() -> None:
    found = world(coolDown="P1D")
    found.loaded_policy = policy(tripwires={**OFF, "coolDown": "P1D"}, answers={"cool_down": "warn"})
    await change(found, "R-1", phoneNumber=number(1))
    assert await change(found, "R-2", phoneNumber=number(2)) == ("changed", "replaced")
    assert [finding["answer"] for finding in found.event()["data"]["findings"]] == ["warn"]
