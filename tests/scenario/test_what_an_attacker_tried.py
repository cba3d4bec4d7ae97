"""Ways round the policy that a review found, and that are closed: one test each, named after what must hold."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.approvals.__main__ import _shown
from shared.directory_user import UserAbsent
from shared.errors import DirectoryRefusedError, DirectoryThrottledError, VaultUnavailableError
from shared.messages.change_request import UserKey
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from tests.fakes.world import ADMIN_ROLE, NEW, OLD, World, person, policy

OFF = dict.fromkeys(("coolDown", "perUser", "perRequester", "perTenant", "usersPerNumber"))
DAY = {**OFF, "coolDown": "P1D"}
SHARED = {**OFF, "usersPerNumber": 1}
MOBILE, OFFICE = PhoneType.MOBILE, PhoneType.OFFICE
ANY_TYPE = {"mobile": ["mobile"], "alternateMobile": ["mobile"], "office": ["mobile", "fixed_line"]}


def number(index: int) -> str:
    return f"+49 151 1111{index:04d}"


def key(name: str) -> dict[str, str]:
    return {"userPrincipalName": f"{name}@contoso.example"}


def world(*names: str, **changed: Any) -> World:
    return World([person(name, phones={MOBILE: OLD}) for name in names], policy(**changed))


async def look_again(found: World) -> None:
    delay, copy = found.queue.postponed.pop(0)
    found.clock.move(seconds=delay.total_seconds())
    await found.service.handle(copy)


async def between(found: World, request_id: str, fields: dict[str, Any], meanwhile: Any) -> None:
    """Handles a request; while it takes the user, another one is carried out whole."""
    hold = found.watermarks.hold
    done: list[str] = []

    async def slow(user_id: str, holder: str, until: Any, now: Any) -> bool:
        if holder == request_id and not done:
            done.append(holder)
            await found.service.handle(meanwhile)
        return await hold(user_id, holder, until, now)

    found.watermarks.hold = slow  # type: ignore[method-assign]
    await found.service.handle(found.message(request_id, **fields))


async def test_an_approval_is_for_the_user_who_was_looked_at() -> None:
    """The employee id goes to somebody else before the request looks again."""
    found = world("anna", "bert", tripwires=DAY)
    for index, name in enumerate(("anna", "bert")):
        await found.service.handle(found.message(f"R-{index}", phoneNumber=number(index), user=key(name)))
    await found.service.handle(found.message("R-9", user={"employeeId": "E-anna"}))
    await found.approvals.handle(found.approval("R-9"))
    anna, bert = found.people
    anna.employee_id, bert.employee_id = "E-gone", "E-anna"
    await look_again(found)
    assert found.outcomes()[-1] == ("held", "cool_down")
    assert found.event()["data"]["holdId"] == "R-9:held:2"
    assert found.event()["data"]["user"]["userPrincipalName"] == "bert@contoso.example"
    assert found.phone(index=1) != NEW


async def test_an_approval_is_for_the_number_that_was_looked_at() -> None:
    """A national number moves to another country with its user."""
    found = world("anna", tripwires=DAY)
    anna = found.people[0]
    anna.user = replace(anna.user, usage_location="FR")
    await found.service.handle(found.message("R-0", phoneNumber=number(1)))
    await found.service.handle(found.message("R-1", phoneNumber="06 12 34 56 78"))
    await found.approvals.handle(found.approval())
    anna.user = replace(anna.user, usage_location="NL")
    await look_again(found)
    assert found.outcomes()[-1] == ("held", "cool_down")


async def throttled(found: World) -> None:
    """Lets a request get as far as its write, which is not made."""
    found.directory.answers = [(False, DirectoryThrottledError(retry_after=600))]
    await found.service.handle(found.message("R-1"))
    assert found.previous.kept == {}


async def braked(found: World) -> None:
    """Lets a request get as far as the leave to write, which it does not get."""
    await found.brake.engage("anna", "Stop.")
    await found.service.handle(found.message("R-1"))
    await found.brake.resume("anna", "Go on.")
    found.events.sent.clear()
    assert list(found.previous.kept) == ["R-1"]


@pytest.mark.parametrize("stopped", [throttled, braked])
async def test_an_undo_restores_what_the_request_replaced_not_what_an_earlier_try_of_it_saw(stopped: Any) -> None:
    found = world("anna")
    by_hand = PhoneNumber(49, "15199990000")
    await stopped(found)
    found.people[0].phones[MOBILE] = by_hand
    await found.handle_postponed()
    assert found.outcomes() == [("changed", "replaced")]
    await found.service.handle(found.message("U-1", operation="undo", undoes="R-1", phoneNumber=None))
    assert found.phone() == by_hand


@pytest.mark.parametrize("stopped", [throttled, braked])
async def test_what_changed_nothing_has_nothing_to_undo(stopped: Any) -> None:
    """Not even where an earlier try had got as far as the write."""
    found = world("anna")
    await stopped(found)
    found.people[0].roles = (ADMIN_ROLE,)
    await found.handle_postponed()
    assert found.outcomes() == [("rejected", "privileged_user")]
    found.people[0].roles = ()
    await found.service.handle(found.message("R-2"))
    await found.service.handle(found.message("U-1", operation="undo", undoes="R-1", phoneNumber=None))
    assert found.outcomes()[-1] == ("rejected", "undo_not_possible")


async def test_two_removals_under_two_keys_do_not_lock_the_user_out_between_them() -> None:
    found = world("anna")
    anna = found.people[0]
    anna.phones[OFFICE], anna.other_methods = PhoneNumber(49, "30901820"), ()
    mobile = found.message("R-1", operation="remove", phoneType="mobile", phoneNumber=None)
    office = {"operation": "remove", "phoneType": "office", "phoneNumber": None, "user": {"employeeId": "E-anna"}}
    await between(found, "R-2", office, mobile)
    await found.handle_postponed()
    assert found.outcomes() == [("changed", "removed"), ("rejected", "would_lock_out")]
    assert set(anna.phones) == {OFFICE}


async def test_two_changes_under_two_keys_meet_the_cool_down() -> None:
    found = world("anna", tripwires=DAY, numberTypes=ANY_TYPE)
    first = found.message("R-1", phoneNumber=number(1))
    await between(found, "R-2", {"phoneType": "office", "user": {"employeeId": "E-anna"}}, first)
    assert found.outcomes() == [("changed", "replaced"), ("held", "cool_down")]


async def test_an_extension_makes_no_other_phone_of_a_mobile_number() -> None:
    found = World([person(name) for name in ("anna", "bert")], policy(tripwires=SHARED, numberTypes=ANY_TYPE))
    for index, name in enumerate(("anna", "bert")):
        with_extension = {"phoneType": "office", "phoneNumber": f"+49 151 23456789 x{index}", "user": key(name)}
        await found.service.handle(found.message(f"R-{index}", **with_extension))
    assert found.outcomes() == [("changed", "created"), ("held", "number_shared")]


async def test_extensions_of_a_switchboard_are_phones_of_their_own() -> None:
    found = World([person(name) for name in ("anna", "bert")], policy(tripwires=SHARED, numberTypes=ANY_TYPE))
    for index, name in enumerate(("anna", "bert")):
        desk = {"phoneType": "office", "phoneNumber": f"+49 30 901820 x{index}", "user": key(name)}
        await found.service.handle(found.message(f"R-{index}", **desk))
    assert found.outcomes() == [("changed", "created")] * 2


async def test_an_undo_expires_also_while_the_vault_is_down() -> None:
    found = world("anna")
    await found.service.handle(found.message("R-1"))

    async def down(_: str) -> None:
        raise VaultUnavailableError

    found.previous.of = down  # type: ignore[method-assign, assignment]
    soon = (found.clock.now() + timedelta(hours=1)).isoformat()
    undo = {"operation": "undo", "undoes": "R-1", "phoneNumber": None, "expiresAt": soon}
    await found.service.handle(found.message("U-1", **undo))
    await found.handle_postponed()
    assert found.outcomes()[-1] == ("expired", "past_expiry")


async def test_who_may_not_undo_learns_nothing_of_what_could_be_undone() -> None:
    found = world("anna")
    for target in ("R-77", "R-1"):
        undo = {"operation": "undo", "undoes": target, "phoneNumber": None, "requestedBy": "nobody"}
        await found.service.handle(found.message(f"U-{target}", **undo))
        assert found.outcomes()[-1] == ("rejected", "requester_not_allowed")


async def test_answers_to_two_approvals_are_two_events_whatever_their_ids() -> None:
    """An id that may be a number is masked, and a tool may use one id twice."""
    found = world("anna", "bert", tripwires=DAY)
    for index, name in enumerate(("anna", "bert")):
        await found.service.handle(found.message(f"S-{index}", phoneNumber=number(index), user=key(name)))
        await found.service.handle(found.message(f"H-{index}", user=key(name), phoneNumber=number(9 - index)))
    for index, approval_id in enumerate(("2026001089", "2026002189")):
        await found.approvals.handle(found.approval(f"H-{index}", approvalId=approval_id))
    assert [code for _, code in found.outcomes()[-2:]] == ["approved", "approved"]
    assert len({event.message_id for event in found.events.sent[-2:]}) == 2
    await found.approvals.handle(found.approval("H-0", approvalId="2026001089", decision="cancel"))
    assert found.outcomes()[-1] == ("approval_refused", "already_decided")


async def test_a_dry_run_leaves_no_trace_in_the_index_of_numbers() -> None:
    found = world("anna", "bert", "cleo", tripwires={**SHARED, "usersPerNumber": 2}, requesters={"*": ["set"]})
    await found.service.handle(found.message("R-0", user=key("anna")))
    found.clock.move(minutes=20)
    dry = found.message("R-2", user={"employeeId": "E-bert"}, phoneType="office", dryRun=True)
    write = found.directory.write

    async def meanwhile(user_id: str, plan: Any) -> Any:
        await found.service.handle(dry)
        return await write(user_id, plan)

    found.directory.write = meanwhile  # type: ignore[method-assign, assignment]
    await found.service.handle(found.message("R-1", user=key("bert")))
    found.clock.move(minutes=20)
    await found.service.handle(found.message("R-3", user=key("cleo")))
    assert found.outcomes()[-1] == ("held", "number_shared")


REFUSED = DirectoryRefusedError(status=403, code="accessDenied")


@pytest.mark.parametrize("answer", [REFUSED, UserAbsent(perhaps_deleted=True)])
async def test_a_holder_who_cannot_be_read_still_has_the_number(answer: Any) -> None:
    found = world("anna", "bert", tripwires=SHARED)
    await found.service.handle(found.message("R-0", user=key("bert")))
    found.clock.move(minutes=30)
    read, bert = found.directory.read_state, found.people[1].user.id

    async def refused(user: UserKey) -> Any:
        if user.id != bert:
            return await read(user)
        if isinstance(answer, Exception):
            raise answer
        return answer

    found.directory.read_state = refused  # type: ignore[method-assign]
    await found.service.handle(found.message("R-1"))
    assert found.outcomes()[-1] == ("held", "number_shared")


async def test_a_user_whom_a_request_could_not_take_whole_is_free_for_the_next_one() -> None:
    found = world("anna")
    keep = found.previous.keep

    async def down(*_: Any, **__: Any) -> None:
        raise VaultUnavailableError

    found.previous.keep = down  # type: ignore[method-assign]
    await found.service.handle(found.message("R-1"))
    assert (found.watermarks.held, found.watermarks.marks, found.outcomes()) == ({}, {}, [])
    found.previous.keep = keep  # type: ignore[method-assign]
    desk = {"phoneType": "office", "phoneNumber": "+49 30 123456", "user": {"employeeId": "E-anna"}}
    await found.service.handle(found.message("R-2", **desk))
    assert found.outcomes() == [("changed", "created")]


async def test_an_outage_of_the_vault_does_not_engage_the_brake() -> None:
    people = [person(f"p{index}", identity=100 + index) for index in range(5)]
    found = World(people, policy(brake={"window": "PT1H", "changes": 3, "failures": 25, "refusals": 5}))

    async def down(*_: Any, **__: Any) -> None:
        raise VaultUnavailableError

    found.previous.keep = down  # type: ignore[method-assign]
    for index in range(5):
        await found.service.handle(found.message(f"R-{index}", user=key(f"p{index}")))
    assert not found.brake_log.current.engaged


async def test_nobody_approves_their_own_phone_under_their_employee_id() -> None:
    found = world("anna", tripwires=DAY, approvers={"E-ANNA": ["*"]})
    await found.service.handle(found.message("R-0", phoneNumber=number(1)))
    await found.service.handle(found.message("R-1", user={"employeeId": "E-anna"}))
    await found.approvals.handle(found.approval(decidedBy="e-anna"))
    assert found.outcomes()[-1] == ("approval_refused", "approver_is_user")


async def test_a_requesters_name_does_not_write_on_an_approvers_screen() -> None:
    found = world("anna", tripwires=DAY, requesters={"*": ["set"]})
    await found.service.handle(found.message("R-0", phoneNumber=number(1)))
    await found.service.handle(found.message("R-1", requestedBy="x\x1b[2K\rR-9:held  bob@contoso.example"))
    assert _shown(found.ledger.records["R-1"]).replace("\n", "").isprintable()


async def test_a_provider_that_reaches_no_region_reaches_nobody() -> None:
    found = world("anna", telephony={"mode": "customer_provider", "reachableRegions": []})
    await found.service.handle(found.message(dryRun=True))
    assert found.event()["data"]["lockOutProof"]["after"] == 1


async def test_a_number_of_a_range_that_is_too_new_is_no_nothing() -> None:
    found = world("anna")
    anna = found.people[0]
    anna.phones[MOBILE], anna.other_methods = PhoneNumber(49, "1000000001"), ()
    await found.service.handle(found.message(operation="remove", phoneType="mobile", phoneNumber=None))
    assert found.outcomes() == [("rejected", "would_lock_out")]


async def test_a_number_that_two_users_asked_for_at_once_goes_to_one_and_counts_for_one() -> None:
    found = world("anna", "bert", tripwires={**DAY, "usersPerNumber": 1})
    note: Any = found.numbers.note
    done: list[bool] = []
    other = found.message("R-2", user=key("bert"))

    async def both(*arguments: Any) -> None:
        await note(*arguments)
        if not done:
            done.append(True)
            await found.service.handle(other)

    found.numbers.note = both  # type: ignore[method-assign, assignment]
    await found.service.handle(found.message("R-1"))
    assert sorted(found.outcomes()) == [("changed", "replaced"), ("held", "number_shared")]
    assert len(found.history.notes) == len(found.previous.kept) == 1
    loser = next(event for event in found.events.sent if event.outcome == "held")
    name = json.loads(loser.body)["data"]["user"]["userPrincipalName"].partition("@")[0]
    await found.service.handle(found.message("R-3", user=key(name), phoneNumber=number(3)))
    assert found.outcomes()[-1] == ("changed", "replaced"), "who wrote nothing holds up nothing"
