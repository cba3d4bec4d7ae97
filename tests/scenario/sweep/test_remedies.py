"""What the sweep sets right by itself: nothing unless asked, little at a time, never twice, never past policy."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.directory_user import StoredPhone
from shared.errors import DirectoryRefusedError, DirectoryThrottledError, DirectoryUnavailableError
from shared.graph.faults import AnswerLostError
from shared.messages.change_request import ChangeRequest
from shared.notify.mail import Mail
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from tests.fakes.sweep import MemoryMail, MemoryTenant, Quiet
from tests.scenario.sweep.tenants import person, phone, tenant_of
from tests.scenario.sweep.world import SweepWorld, sweep_policy

LEAVERS = [f"{number:08}-0000-4000-8000-000000000000" for number in range(2, 24, 4)]
PHONE_ONLY = sorted(f"person{number}@contoso.example" for number in (0, 4, 12, 16, 20))  # person8 is protected
NUMBER = PhoneNumber(44, "7400123456")


def remedying(**told: Any) -> SweepWorld:
    return SweepWorld(tenant_of(), sweep_policy(remediation=told))


def noticing(**told: Any) -> SweepWorld:
    return SweepWorld(tenant_of(), sweep_policy(passkeyNotices={"enabled": True, **told}))


def bodies(world: SweepWorld) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in world.requests.sent.values()]


async def test_nothing_is_asked_for_and_nobody_is_written_to_unless_policy_says_so() -> None:
    world = SweepWorld(tenant_of())
    await world.run()
    assert world.requests.sent == {}
    assert world.mail.sent == []
    assert {name.partition(".")[0] for name in world.deaths.names} & {"requests", "phones", "notices"} == set()


async def test_leavers_phones_are_asked_to_be_removed_as_any_producer_would() -> None:
    world = remedying(leavers=True)
    await world.run()
    requests = [ChangeRequest.model_validate(body) for body in bodies(world)]
    assert sorted(request.user.id for request in requests if request.user.id) == LEAVERS
    assert {request.operation for request in requests} == {"remove"}
    assert {request.requested_by for request in requests} == {"compliance-sweep"}
    assert {message.session_id for message in world.requests.sent.values()} == set(LEAVERS)
    assert all(
        message.message_id == request.request_id
        for message, request in zip(world.requests.sent.values(), requests, strict=True)
    )


async def test_no_more_is_asked_for_than_policy_allows_in_one_run() -> None:
    for most in (1, 2, 4):
        world = remedying(leavers=True, mostPerRun=most)
        await world.run()
        asked = {body["user"]["id"] for body in bodies(world)}
        assert len(asked) == most
        assert asked <= set(LEAVERS)
        assert any(f"{len(LEAVERS) - most} more could be set right" in remark for remark in _remarks(world))


async def test_those_whose_requests_come_to_nothing_keep_nobody_elses_turn() -> None:
    world = remedying(leavers=True, mostPerRun=2)
    for _ in range(12):  # policy refuses or holds each: the phones stay
        await world.run()
        world.clock.move(days=1)
    assert {body["user"]["id"] for body in bodies(world)} == set(LEAVERS)


async def test_a_leaver_is_asked_for_nothing_but_the_removal() -> None:
    """The account may be enabled still, the phone be the only method, and its number badly written."""
    world = SweepWorld(
        tenant_of(), sweep_policy(remediation={"leavers": True, "formats": True}, passkeyNotices={"enabled": True})
    )
    someone = world.tenant.people[0]
    world.tenant.people[0] = replace(someone, leaves_at=world.clock.now() - timedelta(days=30))
    world.tenant.methods[someone.user_id] = ((), (phone(0, is_well_written=False),))
    world.phones.phones[someone.user_id] = (StoredPhone(PhoneType.MOBILE, NUMBER, is_well_written=False),)
    await world.run()
    assert [body["operation"] for body in bodies(world) if body["user"]["id"] == someone.user_id] == ["remove"]
    assert sorted(mail.to for mail in world.mail.sent) == sorted({*PHONE_ONLY} - {someone.mail})


async def test_a_number_is_written_anew_as_it_stands_then() -> None:
    world = remedying(formats=True)
    user = world.tenant.people[1].user_id
    methods, _ = world.tenant.methods[user]
    world.tenant.methods[user] = (methods, (phone(1, is_well_written=False),))
    world.tenant.report = [replace(row, methods=(*row.methods, "mobilePhone")) for row in world.tenant.report]
    world.phones.phones[user] = (StoredPhone(PhoneType.MOBILE, NUMBER, is_well_written=False),)
    await world.run()
    (body,) = bodies(world)
    assert body["operation"] == "set"
    assert body["phoneNumber"] == body["ifCurrent"] == "+44 7400123456"
    assert body["user"] == {"id": user}


async def test_a_number_that_is_well_written_by_then_is_left_alone() -> None:
    world = remedying(formats=True)
    user = world.tenant.people[0].user_id
    world.tenant.methods[user] = ((), (phone(0, is_well_written=False),))
    world.phones.phones[user] = (StoredPhone(PhoneType.MOBILE, NUMBER),)
    await world.run()
    assert bodies(world) == []


async def test_a_worker_that_dies_at_any_call_asks_for_everything_once() -> None:
    whole = remedying(leavers=True)
    await whole.run()
    for number in [place for place, name in enumerate(whole.deaths.names) if name.startswith("requests")]:
        world = remedying(leavers=True)
        world.deaths.after = {number}
        await world.run()
        assert world.requests.copies == 1 + number - whole.deaths.names.index("requests.send")
        assert bodies(world) == bodies(whole)


async def test_who_depends_on_a_phone_is_told_once_and_whom_policy_protects_is_not() -> None:
    world = noticing()
    await world.run()
    assert sorted(mail.to for mail in world.mail.sent) == PHONE_ONLY
    assert all("register a passkey" in mail.subject for mail in world.mail.sent)
    assert all("+44" not in mail.html for mail in world.mail.sent)


async def test_the_departments_of_policys_list_come_first() -> None:
    world = noticing(departments=["department 2"])
    await world.run()
    departments = [int(mail.to.removeprefix("person").partition("@")[0]) % 3 for mail in world.mail.sent]
    assert departments == sorted(departments, key=lambda number: (number != 2, number))


async def test_a_week_has_no_more_mails_than_policy_allows_and_the_next_one_goes_on() -> None:
    world = noticing(mostPerWave=2, weekday="thursday")
    for days in (0, 1, 6):  # Thursday, Friday, Thursday: two waves
        world.clock.move(days=days)
        await world.run()
    assert len(world.mail.sent) == 4
    assert max(Counter(mail.to for mail in world.mail.sent).values()) == 1
    assert any("is full" in remark for remark in _remarks(world))


def _remarks(world: SweepWorld) -> list[str]:
    return [remark for state in world.runs.states.values() for remark in state.remarks]


async def test_nobody_gets_a_second_notice_within_the_period_and_everybody_gets_one_after_it() -> None:
    world = noticing(period="P28D")
    await world.run()
    world.clock.move(days=27)
    await world.run()
    assert sorted(mail.to for mail in world.mail.sent) == PHONE_ONLY
    world.clock.move(days=2)
    await world.run()
    assert sorted(mail.to for mail in world.mail.sent) == sorted([*PHONE_ONLY, *PHONE_ONLY])


async def test_mails_go_out_at_policys_pace() -> None:
    world = noticing(perMinute=20)
    await world.run()
    assert world.clock.waits.count(3.0) >= len(PHONE_ONLY)


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_worker_that_dies_at_any_call_tells_nobody_twice(moment: str) -> None:
    whole = noticing()
    await whole.run()
    first = next(place for place, name in enumerate(whole.deaths.names) if name.startswith("notices"))
    for number in range(first, whole.deaths.calls):
        world = noticing()
        getattr(world.deaths, moment).add(number)
        await world.run()
        told = Counter(mail.to for mail in world.mail.sent)
        assert max(told.values()) == 1
        assert len(told) >= len(PHONE_ONLY) - 1


class FaultyMailbox(MemoryMail):
    """Fails with each of its faults, then works."""

    faults: list[Exception]

    async def send(self, mail: Mail) -> None:
        if self.faults:
            raise self.faults.pop(0)
        await super().send(mail)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (DirectoryThrottledError(retry_after=5), 5),  # surely not sent: tried again
        (DirectoryUnavailableError(), 5),  # it could not even be reached
        (AnswerLostError(), 4),  # perhaps sent: never twice
        (DirectoryRefusedError(status=403, code="ErrorAccessDenied"), 4),
    ],
)
async def test_a_mail_that_fails_is_tried_again_only_where_it_surely_was_not_sent(fault: Exception, told: int) -> None:
    world = noticing()
    mailbox = FaultyMailbox()
    mailbox.faults = [fault]
    world.mail = mailbox
    await world.run()
    assert len(mailbox.sent) == told
    assert max(Counter(mail.to for mail in mailbox.sent).values()) == 1


@pytest.mark.parametrize(("fault", "most_lost"), [(DirectoryUnavailableError(), 0), (AnswerLostError(), 2)])
async def test_an_outage_of_the_mailbox_uses_up_nobodys_notice(fault: Exception, most_lost: int) -> None:
    """Where each mail is perhaps sent it costs one at a try, and the tries become rare."""
    world = noticing()
    mailbox = FaultyMailbox()
    mailbox.faults = [fault, fault]
    world.mail = mailbox
    await world.run()
    assert len(mailbox.sent) == len(PHONE_ONLY) - most_lost


async def test_a_step_ends_before_its_lock_does_however_busy_the_worker_is() -> None:
    tenant = MemoryTenant(page_size=100)
    tenant.people = [replace(person(number), department="") for number in range(90)]
    tenant.methods = {each.user_id: ((), (phone(0, number_hash=each.user_id),)) for each in tenant.people}
    rules = sweep_policy(passkeyNotices={"enabled": True}, remediation={"formats": True})
    world = SweepWorld(tenant, rules, live=Quiet(busy=True))
    longest = timedelta(0)
    await world.start()
    while world.queue.waiting:
        started = world.clock.now()
        await world.hand_out()
        longest = max(longest, world.clock.now() - started)
    assert len(world.mail.sent) == 90
    assert timedelta(minutes=3) <= longest < timedelta(minutes=4)


async def test_people_without_an_address_are_counted_and_told_of() -> None:
    world = noticing()
    world.tenant.people[0] = replace(world.tenant.people[0], mail="")
    await world.run()
    assert len(world.mail.sent) == 4
    assert any("no mail address" in remark for remark in _remarks(world))


async def test_a_wave_longer_than_a_step_goes_on_in_the_next() -> None:
    world = noticing(perMinute=1)
    await world.run()
    assert sorted(mail.to for mail in world.mail.sent) == PHONE_ONLY
    assert world.clock.now() - world.summary.finished_at > timedelta(minutes=4)
