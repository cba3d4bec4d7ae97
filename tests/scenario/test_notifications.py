"""Who is told what, once."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from shared.directory_user import DirectoryUser
from shared.errors import DirectoryRefusedError, DirectoryThrottledError, DirectoryUnavailableError
from shared.notify.mail import Mail
from shared.notify.service import NotificationService
from tests.fakes.clock import MovedClock
from tests.fakes.ledger import MemoryNotificationLog
from tests.fakes.world import World, person, policy

ANNA = person("anna").user
BOSS = person("boss").user


@dataclass
class Office:
    """People and a mailbox in memory."""

    users: dict[str, DirectoryUser] = field(default_factory=lambda: {ANNA.id: ANNA})
    managers: dict[str, DirectoryUser] = field(default_factory=lambda: {ANNA.id: BOSS})
    sent: list[Mail] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    async def user(self, user_id: str) -> DirectoryUser | None:
        return self.users.get(user_id)

    async def manager_of(self, user_id: str) -> DirectoryUser | None:
        return self.managers.get(user_id)

    async def send(self, mail: Mail) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append(mail)


def service(office: Office, log: MemoryNotificationLog | None = None, **rules: Any) -> NotificationService:
    return NotificationService(MovedClock(), office, office, log or MemoryNotificationLog(), policy(**rules))


async def event(**fields: Any) -> bytes:
    """The event of a request, as the change service publishes it."""
    world = World()
    await world.service.handle(world.message(**fields))
    return world.events.sent[-1].body.encode()


async def test_the_user_is_told_what_changed_and_how_to_check_it() -> None:
    office = Office()
    await service(office).handle(await event())
    (mail,) = office.sent
    assert mail.to == "anna@contoso.example"
    assert mail.subject == "Your mobile phone for signing in was added"
    assert "+49 *********89" in mail.html
    assert "mysignins.microsoft.com" in mail.html


async def test_copies_of_an_event_are_one_mail() -> None:
    office, log = Office(), MemoryNotificationLog()
    body = await event()
    await service(office, log).handle(body)
    await service(office, log).handle(body)
    assert len(office.sent) == 1


async def test_only_the_outcomes_that_policy_names_are_told() -> None:
    office = Office()
    await service(office).handle(await event(phoneNumber="12"))
    assert office.sent == []
    await service(office, notify={"rejected": ["desk@contoso.example"]}).handle(await event(phoneNumber="12"))
    assert [mail.to for mail in office.sent] == ["desk@contoso.example"]
    assert "Nothing was changed" in office.sent[0].html


@pytest.mark.parametrize("code", ["not_confirmed", "deliveries_exhausted"])
async def test_where_a_write_is_in_doubt_no_mail_says_that_nothing_was_changed(code: str) -> None:
    office = Office()
    parsed = json.loads(await event())
    parsed["data"] |= {"outcome": "failed", "code": code}
    await service(office, notify={"failed": ["user"]}).handle(json.dumps(parsed).encode())
    assert "Nothing was changed" not in office.sent[0].html
    assert "not confirmed" in office.sent[0].subject


async def test_user_manager_and_addresses_each_get_one_mail_also_when_named_twice() -> None:
    office = Office()
    rules = {"changed": ["user", "manager", "BOSS@contoso.example", "soc@contoso.example"]}
    await service(office, notify=rules).handle(await event())
    assert [mail.to for mail in office.sent] == ["anna@contoso.example", "boss@contoso.example", "soc@contoso.example"]
    assert office.sent[1].subject.startswith("anna@contoso.example: ")


async def test_the_manager_is_told_where_the_user_has_no_mailbox() -> None:
    office = Office(users={ANNA.id: replace(ANNA, mail=None)})
    await service(office).handle(await event())
    assert [mail.to for mail in office.sent] == ["boss@contoso.example"]


async def test_nobody_to_tell_is_no_fault() -> None:
    office = Office(users={}, managers={})
    await service(office).handle(await event())
    assert office.sent == []


@pytest.mark.parametrize(
    ("language", "word"), [("de-CH", "hinzugefügt"), ("en-US", "added"), ("xx", "added"), (None, "added")]
)
async def test_the_mail_speaks_the_users_language_where_there_is_a_template(language: str | None, word: str) -> None:
    office = Office(users={ANNA.id: replace(ANNA, preferred_language=language)})
    await service(office).handle(await event())
    assert word in office.sent[0].subject


async def test_a_mail_that_fails_for_a_while_is_sent_later() -> None:
    office = Office(faults=[DirectoryUnavailableError(), DirectoryUnavailableError()])
    await service(office).handle(await event())
    assert len(office.sent) == 1


async def test_patience_ends_and_the_broker_delivers_again() -> None:
    office = Office(faults=[DirectoryUnavailableError()] * 100)
    with pytest.raises(DirectoryUnavailableError):
        await service(office).handle(await event())


async def test_a_wait_that_is_longer_than_patience_is_waited_as_far_as_it_goes() -> None:
    """Given back at once, the event would burn all its deliveries in a second."""
    office = Office(faults=[DirectoryThrottledError(retry_after=900)] * 100)
    changed = service(office)
    with pytest.raises(DirectoryThrottledError):
        await changed.handle(await event())
    assert isinstance(changed.clock, MovedClock)
    assert sum(changed.clock.waits) >= 200


async def test_one_refused_mail_does_not_keep_the_others_from_theirs() -> None:
    office, log = Office(faults=[DirectoryRefusedError(status=403, code="ErrorAccessDenied")]), MemoryNotificationLog()
    rules = {"changed": ["user", "soc@contoso.example"]}
    body = await event()
    with pytest.raises(DirectoryRefusedError):
        await service(office, log, notify=rules).handle(body)
    assert [mail.to for mail in office.sent] == ["soc@contoso.example"]
    await service(office, log, notify=rules).handle(body)
    assert [mail.to for mail in office.sent] == ["soc@contoso.example", "anna@contoso.example"]


async def test_what_a_producer_writes_cannot_become_markup() -> None:
    office = Office()
    await service(office).handle(await event(reason='<a href="https://evil.example">click</a>'))
    assert '<a href="https://evil.example' not in office.sent[0].html


async def test_a_message_that_is_no_event_is_let_go() -> None:
    office = Office()
    await service(office).handle(b"not an event")
    assert office.sent == []


async def test_a_newer_events_unknown_fields_do_no_harm() -> None:
    office = Office()
    parsed = json.loads(await event())
    parsed["data"]["proof"] = {"methods": 2}
    await service(office).handle(json.dumps(parsed).encode())
    assert len(office.sent) == 1


COOLING = {"coolDown": "P1D"}


async def held_event(**rules: Any) -> bytes:
    """The event of a request that comes too soon after another one, as the change service publishes it."""
    world = World(loaded_policy=policy(tripwires=COOLING, **rules))
    await world.service.handle(world.message())
    await world.service.handle(world.message("R-2", phoneNumber="0151 / 2345 6788"))
    return world.events.sent[-1].body.encode()


async def test_a_held_request_is_told_to_those_whom_policy_names_for_it() -> None:
    office, body = Office(), await held_event()
    await service(office).handle(body)
    assert office.sent == []
    await service(office, notify={"held": ["user", "desk@contoso.example"]}).handle(body)
    assert [mail.to for mail in office.sent] == ["anna@contoso.example", "desk@contoso.example"]
    assert "You know nothing of it?" in office.sent[0].html
    assert "R-2:held" in office.sent[1].html


async def test_copies_of_a_held_event_are_one_mail_and_its_outcome_another() -> None:
    office, log, rules = Office(), MemoryNotificationLog(), {"held": ["user"], "changed": ["user"]}
    body = await held_event()
    for _ in range(2):
        await service(office, log, notify=rules).handle(body)
    await service(office, log, notify=rules).handle(await event(requestId="R-2"))
    assert [mail.event_id for mail in office.sent] == ["R-2:held", "R-2:changed"]


async def test_a_refused_user_is_not_told_what_protects_the_account() -> None:
    office = Office()
    parsed = json.loads(await event())
    parsed["data"] |= {"outcome": "rejected", "code": "privileged_user", "message": "Global Administrator"}
    await service(office, notify={"rejected": ["user", "desk@contoso.example"]}).handle(json.dumps(parsed).encode())
    to_user, to_desk = office.sent
    assert not [word for word in ("privileged_user", "Global Administrator") if word in to_user.html]
    assert "Global Administrator" in to_desk.html


async def test_a_leaver_is_told_of_the_change_without_advice_on_how_to_sign_in() -> None:
    office = Office(users={ANNA.id: replace(ANNA, account_enabled=False)})
    await service(office).handle(await event())
    (mail,) = office.sent
    assert mail.subject == "Your mobile phone for signing in was added"
    assert "mysignins" not in mail.html
