"""Whatever lies on the notification subscription is told once or dropped, and never stops the function."""

import json
import random
from typing import Any

import pytest
from hypothesis import given

from shared.codes import Code
from shared.messages.change_request import Operation
from shared.messages.completion_event import RequestFacts, completion_event
from shared.notify.mail import Mail
from shared.notify.notice import Notice
from shared.notify.service import NotificationService
from shared.outcome import KnownUser, Outcome, Verdict
from shared.phone.phone_type import PhoneType
from tests.fakes.clock import START, MovedClock
from tests.fakes.ledger import MemoryNotificationLog
from tests.fakes.world import NEW, OLD, person, policy
from tests.fuzz.odd_inputs import EVENTS, SMALL, any_bytes, by_the_thousand, json_texts, mutated, seed
from tests.simulation.directory import SimulatedDirectory
from tests.simulation.faults import Faults
from tests.simulation.history import History

ANNA = person("anna")


def event_of(outcome: Outcome, code: Code) -> Any:
    """Gives the event of an outcome, as it goes to the topic."""
    facts = RequestFacts("R-1", Operation.SET, PhoneType.MOBILE, "workday", "INC-1", START)
    user = KnownUser(ANNA.user.id, ANNA.user.user_principal_name)
    verdict = Verdict(outcome, code, "", user, NEW.masked(), OLD.masked())
    event = completion_event(facts, verdict, source="/fuzz", policy_version="p", finished_at=START)
    return json.loads(event.body)


VALID = (event_of(Outcome.CHANGED, Code.REPLACED), event_of(Outcome.FAILED, Code.NOT_CONFIRMED))


class AnyRecipient(SimulatedDirectory):
    """A directory that knows nobody but Anna."""

    async def user(self, user_id: str) -> Any:
        return ANNA.user if user_id == ANNA.user.id else None


class Mailbox:
    """Keeps the mails."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        self.mails.append(mail)


RULES = policy(notify={outcome: ["user", "desk@contoso.example"] for outcome in Outcome})


def check(body: bytes) -> list[Mail]:
    """Handles a message twice: what it tells, it tells once."""
    mailbox = Mailbox()
    directory = AnyRecipient([ANNA], History(), Faults())
    service = NotificationService(MovedClock(), directory, mailbox, MemoryNotificationLog(), RULES)
    for _ in range(2):
        _run(service.handle(body))
    assert len({mail.to for mail in mailbox.mails}) == len(mailbox.mails) <= 2
    assert all("\n" not in mail.subject for mail in mailbox.mails)
    return mailbox.mails


def _run(work: Any) -> None:
    """Runs what never has to wait: a loop for each of a million messages would take longer than the messages."""
    with pytest.raises(StopIteration):
        work.send(None)


@SMALL
@given(any_bytes)
def test_any_bytes_are_an_event_or_dropped(body: bytes) -> None:
    check(body)


@SMALL
@given(json_texts)
def test_any_json_is_an_event_or_dropped(body: bytes) -> None:
    check(body)


@SMALL
@given(mutated(VALID[0]))
def test_an_event_with_one_field_changed_is_an_event_or_dropped(fields: Any) -> None:
    check(json.dumps(fields).encode())


@pytest.mark.parametrize("event", VALID)
def test_a_valid_event_is_told(event: dict[str, Any]) -> None:
    """Without this the tests around it could pass on dropped messages alone."""
    assert Notice.model_validate(event).id == event["id"]
    assert len(check(json.dumps(event).encode())) == 2


@pytest.mark.long
def test_odd_events_by_the_hundred_thousand_are_told_once_or_dropped() -> None:
    rng = random.Random(seed())  # noqa: S311 - a seed, no secret
    for body in by_the_thousand(VALID, EVENTS, rng):
        check(body)
