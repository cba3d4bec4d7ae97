"""The conversation: what waits is sent in time, what is held is answered, and the end is found."""

import asyncio
import json
from datetime import timedelta
from typing import Any, Self

import pytest
from azure.servicebus import ServiceBusMessage
from opentelemetry.trace import NoOpTracer

from local.demo import exchange as exchange_module
from local.demo.accounting import Account
from local.demo.exchange import Exchange
from local.demo.hold_book import HoldBook
from local.demo.moves import Move
from local.demo.producer import Outgoing
from local.demo.second_person import SecondPerson
from tests.fakes.clock import START, MovedClock
from tests.unit.demo.told import answered, ended, held

SETTINGS = {"REQUEST_QUEUE": "requests", "APPROVAL_QUEUE": "approvals", "EVENT_TOPIC": "events"}
FAR = (START + timedelta(days=3)).isoformat()


class Screen:
    """Keeps what is told on the way."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def sent(self) -> None:
        """Counts nothing here."""

    def done(self, outcomes: int) -> None:
        """Counts nothing here."""

    def told(self, sentence: str) -> None:
        self.sentences.append(sentence)


class Queue:
    """A queue whose messages are kept by their ids."""

    entity_name = "a queue"

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes nothing."""

    async def send_messages(self, message: ServiceBusMessage) -> None:
        self.sent.append(str(message.message_id))


class Bus:
    """Gives the queues by name."""

    def __init__(self) -> None:
        self.queues = {"requests": Queue(), "approvals": Queue()}

    def get_queue_sender(self, name: str) -> Queue:
        return self.queues[name]


async def heard(
    monkeypatch: pytest.MonkeyPatch,
    events: list[dict[str, Any]],
    messages: list[Outgoing],
    person: SecondPerson | None = None,
) -> tuple[Exchange, Bus, list[str]]:
    """Lets the exchange hear events, then nothing any more, while time goes by."""
    clock = MovedClock()

    async def stream(*_: object) -> Any:
        for event in events:
            yield event
        while True:
            await asyncio.sleep(0)
            clock.move(seconds=1)
            yield None

    monkeypatch.setattr(exchange_module, "events", stream)
    bus, screen = Bus(), Screen()
    account = Account({message.message_id: 1 for message in messages})
    exchange = Exchange(
        account,
        HoldBook(account.expected),
        person or SecondPerson(),
        screen,
        account.total,
        timedelta(seconds=30),
        longest_hold=timedelta(minutes=1),
        clock=clock,
        tracer=NoOpTracer(),
    )
    await exchange.run(bus, SETTINGS, messages)  # type: ignore[arg-type]
    return exchange, bus, screen.sentences


def message(name: str, *after: str) -> Outgoing:
    return Outgoing(name, "anna", json.dumps({"requestId": name}).encode(), None, frozenset(after))


async def test_what_waits_for_others_is_sent_when_the_last_of_them_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = [message("R-3", "R-1", "R-2"), message("R-1"), message("R-2")]
    _, bus, _ = await heard(monkeypatch, [ended("R-1")], messages)
    assert bus.queues["requests"].sent == ["R-1", "R-2"]
    _, bus, _ = await heard(monkeypatch, [ended("R-1"), ended("R-2"), ended("R-2")], messages)
    assert sorted(bus.queues["requests"].sent) == ["R-1", "R-2", "R-3"]


async def test_a_held_request_is_answered_until_an_answer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    person = SecondPerson({"R-1": (Move("servicedesk"), Move("security-desk"))})
    events = [
        held("R-1"),
        held("R-1"),
        answered("A-0001", "R-1", "approver_is_requester", decidedBy="servicedesk"),
        answered("A-0002", "R-1"),
        ended("R-1"),
    ]
    exchange, bus, sentences = await heard(monkeypatch, events, [message("R-1")], person)
    assert bus.queues["approvals"].sent == ["A-0001", "A-0002"]
    assert sentences == [
        "R-1 is held: cool down.",
        "servicedesk approves R-1, which does not count: approver is requester.",
        "security-desk approves R-1.",
    ]
    assert (exchange.account.lost, exchange.holds.unanswered, list(exchange.holds.open)) == ([], [], [])


async def test_a_request_that_waits_for_a_person_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    events = [held("R-1", expiresAt=FAR), ended("R-2")]
    exchange, _, _ = await heard(monkeypatch, events, [message("R-1"), message("R-2")])
    assert list(exchange.holds.open) == ["R-1"]


async def test_another_request_under_the_same_id_does_not_end_the_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    events = [held("R-1", expiresAt=FAR), ended("R-1", "rejected", "request_id_reused")]
    exchange, _, _ = await heard(monkeypatch, events, [message("R-1")])
    assert list(exchange.holds.open) == ["R-1"]


async def test_events_about_other_things_are_kept_and_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"id": "exception:x:2026", "type": "mfaphone.policy.exception_expiring", "data": {"exceptionId": "x"}}
    exchange, _, _ = await heard(monkeypatch, [other, ended("R-1")], [message("R-1")])
    assert exchange.told[0] == other
    assert (exchange.account.done, exchange.account.invented, exchange.holds.invented) == (1, [], [])
