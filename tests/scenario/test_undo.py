"""Undo: what a request replaced or removed comes back, by the same rules as any change."""

from datetime import timedelta
from typing import Any

import pytest

from shared.errors import DirectoryUnavailableError
from shared.phone.phone_type import PhoneType
from tests.fakes.world import ADMIN_ROLE, NEW, OLD, World, person, policy


def world(**changed: Any) -> World:
    """Gives a world in which Anna has two phones."""
    phones = {PhoneType.MOBILE: OLD, PhoneType.OFFICE: OLD}
    return World([person("anna", phones=phones), person("bert")], policy(**changed))


async def changed(found: World, **fields: Any) -> World:
    """Carries out a first request."""
    await found.service.handle(found.message("R-1", **fields))
    return found


async def undone(found: World, **fields: Any) -> World:
    """Undoes it."""
    plain = {"operation": "undo", "undoes": "R-1", "phoneNumber": None, "requestId": "U-1", **fields}
    await found.service.handle(found.message(str(plain.pop("requestId")), **plain))
    return found


async def test_an_undo_puts_the_replaced_number_back_and_says_which_request_it_undid() -> None:
    found = await undone(await changed(world()))
    assert found.phone() == OLD
    assert found.outcomes() == [("changed", "replaced"), ("changed", "replaced")]
    data = found.event()["data"]
    assert (data["operation"], data["undoes"], data["phoneType"]) == ("undo", "R-1", "mobile")
    assert (data["maskedNumber"], data["previousMaskedNumber"]) == (OLD.masked(), NEW.masked())


async def test_an_undo_of_an_added_phone_removes_it() -> None:
    found = World([person("anna")])
    await undone(await changed(found))
    assert found.outcomes()[-1] == ("changed", "removed")
    assert found.phone() is None


async def test_an_undo_of_a_removal_of_several_phones_restores_the_one_that_it_names() -> None:
    found = await changed(world(), operation="remove", phoneNumber=None)
    await undone(found)
    assert found.outcomes()[-1] == ("rejected", "undo_not_possible")
    assert "mobile, office" in found.event()["data"]["message"]
    await undone(found, requestId="U-2", phoneType="mobile")
    assert found.phone() == OLD
    assert found.phone(PhoneType.OFFICE) is None


async def test_what_was_changed_again_since_is_not_undone() -> None:
    found = await changed(world())
    await found.service.handle(found.message("R-2", phoneNumber="+49 151 11112222"))
    await undone(found)
    assert found.outcomes()[-1] == ("rejected", "current_number_differs")
    assert len(found.directory.writes) == 2


async def test_an_undo_can_be_undone() -> None:
    found = await undone(await changed(world()))
    await undone(found, requestId="U-2", undoes="U-1")
    assert found.phone() == NEW


async def test_a_repeated_undo_changes_nothing_more() -> None:
    found = await undone(await changed(world()))
    await undone(found)
    await undone(found, requestId="U-2")
    assert len(found.directory.writes) == 2
    assert found.outcomes()[-1] == ("already_correct", "same_number")


async def test_an_undo_is_subject_to_the_same_policy() -> None:
    found = await changed(world())
    found.people[0].roles = (ADMIN_ROLE,)
    await undone(found)
    assert found.outcomes()[-1] == ("rejected", "privileged_user")


async def test_an_undo_is_held_by_a_tripwire_like_any_change() -> None:
    found = await undone(await changed(world(tripwires={"coolDown": "P1D"})))
    # The undone request itself does not count against its undo.
    assert found.outcomes()[-1] == ("changed", "replaced")
    await undone(found, requestId="U-2", undoes="U-1")
    assert found.outcomes()[-1] == ("held", "cool_down")
    assert found.event()["data"]["phoneType"] == "mobile"


async def test_who_may_set_may_not_undo_unless_policy_says_so() -> None:
    found = await undone(await changed(world()), requestedBy="servicedesk")
    assert found.outcomes()[-1] == ("rejected", "requester_not_allowed")


async def test_a_number_that_policy_does_not_allow_any_more_does_not_come_back() -> None:
    found = await changed(world())
    found.loaded_policy = policy(blockedNumbers=["+4915123456780"])
    await undone(found)
    assert found.outcomes()[-1] == ("rejected", "number_blocked")


async def test_after_the_retention_nothing_can_be_undone() -> None:
    found = await changed(world())
    found.clock.move(days=30)
    await undone(found)
    assert found.outcomes()[-1] == ("rejected", "undo_not_possible")
    assert found.phone() == NEW


@pytest.mark.parametrize("target", ["R-9", "U-0"])
async def test_what_is_unknown_cannot_be_undone(target: str) -> None:
    found = await undone(await changed(world()), undoes=target)
    assert found.outcomes()[-1] == ("rejected", "undo_not_possible")


async def test_a_request_that_is_still_held_cannot_be_undone_but_cancelled() -> None:
    found = world(tripwires={"coolDown": "P1D"})
    await found.service.handle(found.message("R-0", phoneNumber="+49 151 11112222"))
    await changed(found)
    await undone(found)
    assert found.outcomes()[-1] == ("rejected", "undo_not_possible")
    assert "not come to its end" in found.event()["data"]["message"]


async def test_a_refused_request_has_nothing_to_undo() -> None:
    found = world()
    found.people[0].roles = (ADMIN_ROLE,)
    await changed(found)
    await undone(found)
    assert found.outcomes()[-1] == ("rejected", "undo_not_possible")


async def test_an_undo_under_another_users_name_is_refused() -> None:
    found = await undone(await changed(world()), user={"userPrincipalName": "bert@contoso.example"})
    assert found.outcomes()[-1] == ("rejected", "undo_other_user")
    assert found.phone() == NEW


async def test_an_undo_that_waits_for_graph_is_the_same_undo_afterwards() -> None:
    found = await changed(world())
    found.directory.read_faults = [DirectoryUnavailableError(retry_after=60)]
    await undone(found)
    await found.handle_postponed()
    assert found.phone() == OLD


async def test_what_was_there_before_is_kept_from_the_first_run_on() -> None:
    """A run that was stopped after its write must not keep its own number as the previous one."""
    found = world()
    found.directory.read_back_faults = [DirectoryUnavailableError(retry_after=300)] * 40
    await changed(found)
    found.directory.read_back_faults = []
    await found.handle_postponed()
    assert found.outcomes() == [("changed", "replaced")]
    await undone(found)
    assert found.phone() == OLD


async def test_a_dry_run_keeps_nothing_that_could_be_undone() -> None:
    found = await changed(world(), dryRun=True)
    assert found.previous.kept == {}
    await undone(found)
    assert found.outcomes()[-1] == ("rejected", "undo_not_possible")


async def test_the_retention_is_policys() -> None:
    found = await changed(world(undo={"retention": "P2D"}))
    found.clock.move(days=2)
    found.clock.move(seconds=-timedelta(seconds=1).total_seconds())
    await undone(found)
    assert found.outcomes()[-1] == ("changed", "replaced")
