"""Held requests: a second person lets them go on, or cancels them, and nobody else can."""

from datetime import timedelta
from typing import Any

import pytest

from shared.phone.phone_type import PhoneType
from tests.fakes.world import ADMIN_ROLE, NEW, OLD, World, person, policy

DAY = {"coolDown": "P1D", "perUser": None, "perRequester": None, "perTenant": None, "usersPerNumber": None}
OTHER = "+49 151 11112222"


def world(**changed: Any) -> World:
    """Gives a world in which a second change within a day is held."""
    return World([person("anna", phones={PhoneType.MOBILE: OLD})], policy(**{"tripwires": DAY, **changed}))


async def held(found: World, **fields: Any) -> World:
    """Changes Anna's phone, and asks for a second change, which is held."""
    await found.service.handle(found.message("R-0", phoneNumber=OTHER))
    await found.service.handle(found.message("R-1", **fields))
    return found


async def looked_again(found: World) -> World:
    """Delivers the waiting copy once, a minute later."""
    delay, copy = found.queue.postponed.pop(0)
    found.clock.move(seconds=delay.total_seconds())
    await found.service.handle(copy)
    return found


async def test_a_held_request_writes_nothing_waits_and_an_event_says_so() -> None:
    found = await held(world())
    event = found.event()
    assert found.outcomes() == [("changed", "replaced"), ("held", "cool_down")]
    assert len(found.directory.writes) == 1
    assert event["type"] == "mfaphone.change.held"
    assert event["data"]["holdId"] == event["id"] == "R-1:held"
    assert [finding["answer"] for finding in event["data"]["findings"]] == ["hold"]
    assert event["data"]["lockOutProof"]["after"] == 2
    assert event["data"]["expiresAt"] == "2026-11-26T09:00:00.000Z"
    assert [delay for delay, _ in found.queue.postponed] == [timedelta(minutes=1)]


async def test_looking_again_tells_nothing_new_and_reads_no_directory() -> None:
    found = await held(world())
    reads, told = found.directory.reads, len(found.events.sent)
    await looked_again(found)
    assert (found.directory.reads, len(found.events.sent)) == (reads, told)
    assert len(found.queue.postponed) == 1


async def test_an_approved_request_is_carried_out_and_its_event_names_the_approver() -> None:
    found = await held(world())
    await found.approvals.handle(found.approval())
    assert found.outcomes()[-1] == ("approval_accepted", "approved")
    await looked_again(found)
    assert found.outcomes()[-1] == ("changed", "replaced")
    assert found.phone() == NEW
    assert found.event()["data"]["decision"]["decidedBy"] == "boss@contoso.example"
    assert [each["code"] for each in found.event()["data"]["findings"]] == ["cool_down"]


async def test_a_cancelled_request_ends_without_a_write() -> None:
    found = await held(world())
    await found.approvals.handle(found.approval(decision="cancel", holdId=None))
    await looked_again(found)
    assert found.outcomes()[-1] == ("rejected", "cancelled")
    assert found.event()["data"]["message"].endswith("By boss@contoso.example: Called back")
    assert found.event()["data"]["lockOutProof"]["after"] == 2
    assert found.phone() != NEW
    assert found.queue.postponed == []


async def test_a_request_that_nobody_approves_expires() -> None:
    found = await held(world())
    await found.handle_postponed()
    assert found.outcomes()[-1] == ("expired", "not_approved")
    assert found.clock.now() == found.ledger.records["R-1"].hold.expires_at  # type: ignore[union-attr]
    assert len(found.directory.writes) == 1


async def test_a_hold_never_outlasts_the_request() -> None:
    found = world()
    soon = (found.clock.now() + timedelta(hours=2)).isoformat()
    await held(found, expiresAt=soon)
    assert found.event()["data"]["expiresAt"] == "2026-11-23T11:00:00.000Z"
    await found.handle_postponed()
    assert found.outcomes()[-1][0] == "expired"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"decidedBy": "Workday"}, "approver_is_requester"),
        ({"decidedBy": "ANNA@contoso.example"}, "approver_is_user"),
        ({"decidedBy": person("anna").user.id}, "approver_is_user"),
        ({"decidedBy": "stranger@contoso.example"}, "approver_not_entitled"),
        ({"decidedBy": "desk@contoso.example"}, "approver_not_entitled"),
        ({"requestId": "R-9"}, "request_unknown"),
        ({"requestId": "R-0", "holdId": "R-0:held"}, "not_held"),
        ({"holdId": "R-1:held:2"}, "other_hold"),
    ],
)
async def test_whoever_may_not_approve_is_refused_by_an_event_and_the_request_stays_held(
    fields: dict[str, str], code: str
) -> None:
    approvers = {"boss@contoso.example": ["*"], "desk@contoso.example": ["number_shared"], "workday": ["*"]}
    found = await held(world(approvers={**approvers, "anna@contoso.example": ["*"]}))
    await found.approvals.handle(found.approval(**fields))
    assert found.outcomes()[-1] == ("approval_refused", code)
    await looked_again(found)
    assert found.ledger.records["R-1"].verdict is None
    assert len(found.directory.writes) == 1


@pytest.mark.parametrize("name", ["desk +49 151 23456789", "DESK +49 151 23456789", "desk \uff0b49 151 23456789"])
async def test_a_requester_whose_name_is_redacted_in_the_record_does_not_approve_either(name: str) -> None:
    found = await held(world(approvers={name: ["*"]}, requesters={"*": ["set"]}), requestedBy="desk +49 151 23456789")
    await found.approvals.handle(found.approval(decidedBy=name))
    assert found.outcomes()[-1] == ("approval_refused", "approver_is_requester")


async def test_an_approver_of_just_these_rules_may_approve() -> None:
    found = await held(world(approvers={"Desk": ["cool_down"]}))
    await found.approvals.handle(found.approval(decidedBy="desk"))
    assert found.outcomes()[-1] == ("approval_accepted", "approved")


async def test_without_approvers_in_policy_nobody_can_approve_but_anybody_can_cancel() -> None:
    found = await held(world(approvers={}))
    await found.approvals.handle(found.approval())
    await found.approvals.handle(found.approval(decision="cancel", approvalId="A-2"))
    assert [code for _, code in found.outcomes()[-2:]] == ["approver_not_entitled", "cancelled"]


async def test_the_first_decision_counts_and_a_repeat_of_it_is_answered_alike() -> None:
    found = await held(world())
    message = found.approval()
    await found.approvals.handle(message)
    await found.approvals.handle(message)
    first, second = found.events.sent[-2:]
    assert first == second
    await found.approvals.handle(found.approval(decision="cancel", approvalId="A-2"))
    assert found.outcomes()[-1] == ("approval_refused", "already_decided")
    await looked_again(found)
    assert found.outcomes()[-1][0] == "changed"


async def test_an_approval_lifts_no_refusal_that_came_up_meanwhile() -> None:
    found = await held(world())
    await found.approvals.handle(found.approval())
    found.people[0].roles = (ADMIN_ROLE,)
    await looked_again(found)
    assert found.outcomes()[-1] == ("rejected", "privileged_user")
    assert found.phone() != NEW


async def test_a_reason_that_nobody_approved_holds_the_request_again() -> None:
    """Whoever approved a change too soon did not approve a number that somebody else has by now."""
    found = world(tripwires={**DAY, "usersPerNumber": 1})
    found.people.append(person("bert"))
    await held(found)
    await found.approvals.handle(found.approval())
    await found.service.handle(found.message("R-2", user={"userPrincipalName": "bert@contoso.example"}))
    assert found.outcomes()[-1] == ("changed", "created")
    await looked_again(found)
    assert found.outcomes()[-1] == ("held", "number_shared")
    assert found.event()["data"]["holdId"] == "R-1:held:2"
    await found.approvals.handle(found.approval(approvalId="A-2"))
    assert found.outcomes()[-1] == ("approval_refused", "other_hold")
    await found.approvals.handle(found.approval(approvalId="A-3", holdId="R-1:held:2"))
    await looked_again(found)
    assert found.outcomes()[-1] == ("changed", "replaced")


async def test_a_newer_request_overtakes_a_held_one() -> None:
    found = await held(world())
    found.clock.move(days=1)
    await found.service.handle(found.message("R-2", phoneNumber="+49 151 33334444"))
    assert found.outcomes()[-1] == ("changed", "replaced")
    await found.approvals.handle(found.approval())
    await looked_again(found)
    assert found.outcomes()[-1] == ("superseded", "newer_request")


async def test_a_cooling_off_releases_itself() -> None:
    found = await held(world(answers={"cool_down": "cool_off"}, hold={"coolingOff": "PT4H"}))
    assert found.event()["data"]["releasesAt"] == "2026-11-23T13:00:00.000Z"
    await found.handle_postponed()
    assert found.outcomes()[-1] == ("changed", "replaced")
    assert found.clock.monotonic() == timedelta(hours=4).total_seconds()


async def test_a_cooling_off_can_be_cancelled_until_it_is_over() -> None:
    found = await held(world(answers={"cool_down": "cool_off"}))
    await looked_again(found)
    await found.approvals.handle(found.approval(decision="cancel", decidedBy="anna@contoso.example"))
    await found.handle_postponed()
    assert found.outcomes()[-1] == ("rejected", "cancelled")
    assert len(found.directory.writes) == 1


async def test_what_a_person_must_approve_does_not_cool_off() -> None:
    both = {**DAY, "perUser": {"changes": 1, "window": "P7D"}}
    found = await held(world(tripwires=both, answers={"cool_down": "cool_off"}))
    assert [each["code"] for each in found.event()["data"]["findings"]] == ["cool_down", "user_limit"]
    assert found.event()["data"]["releasesAt"] is None
    await found.handle_postponed()
    assert found.outcomes()[-1] == ("expired", "not_approved")


async def test_an_approval_that_comes_too_late_is_told_so() -> None:
    found = await held(world())
    found.clock.move(days=3)
    await found.approvals.handle(found.approval())
    assert found.outcomes()[-1] == ("approval_refused", "too_late")


async def test_a_dry_run_says_that_it_would_be_held() -> None:
    found = await held(world(), dryRun=True)
    assert found.outcomes()[-1] == ("planned", "would_hold")
    assert found.queue.postponed == []


async def test_nothing_is_held_that_changes_nothing() -> None:
    found = world()
    await held(found, phoneNumber=OTHER)
    assert found.outcomes()[-1] == ("already_correct", "same_number")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"no json", "unnamed-"),
        (b'{"approvalId": "A-7", "requestId": "R-1", "decision": "approve"}', "A-7"),
        (b'{"approvalId": "4915123456789", "requestId": "R-1"}', "unnamed-"),
        (b'{"schemaVersion": "2.0", "approvalId": "A-8"}', "A-8"),
    ],
)
async def test_an_unreadable_approval_is_parked_and_told(body: bytes, told: str) -> None:
    found = World()
    await found.approvals.handle(found.raw(body, "", ""))
    assert [message.body for message, _ in found.queue.parked.values()] == [body]
    assert found.outcomes() == [("approval_refused", "invalid_approval")]
    assert found.event()["data"]["approvalId"].startswith(told)
    assert "15123456789" not in found.events.sent[0].body


async def test_an_approval_needs_the_hold_that_was_looked_at() -> None:
    found = await held(world())
    await found.approvals.handle(found.approval(holdId=None))
    assert found.outcomes()[-1] == ("approval_refused", "invalid_approval")


async def test_no_number_that_an_approver_writes_is_told() -> None:
    found = await held(world())
    await found.approvals.handle(found.approval(reason="Called back at 0151 2345 6789", decision="cancel"))
    await found.approvals.handle(found.approval(approvalId="A-2", requestId="4915123456789", holdId="x"))
    await looked_again(found)
    assert not any("23456789" in event.body.replace(" ", "") for event in found.events.sent)
