"""Sends the feed, listens to what comes of it, and answers as people would, until nothing is to come any more."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from azure.servicebus.aio import ServiceBusClient
from opentelemetry.trace import Tracer

from local.demo.accounting import Account
from local.demo.hold_book import HoldBook
from local.demo.producer import Outgoing, Producer, approval_message
from local.demo.progress import Watched
from local.demo.second_person import SecondPerson
from local.demo.traced_sender import TracedSender
from local.demo.watch import events
from shared.codes import Code
from shared.messages.approval import Approval, HoldWord
from shared.messages.held_event import HELD
from shared.ports import Clock

_CHANGE, _APPROVAL = "mfaphone.change.", "mfaphone.approval."
_VERBS = {HoldWord.APPROVE: "approves", HoldWord.CANCEL: "cancels"}


@dataclass
class Exchange:
    """One run's conversation with the function app over Service Bus."""

    account: Account
    holds: HoldBook
    person: SecondPerson
    progress: Watched
    # How many outcomes are to come.
    expected: int
    # How long it waits for news before something counts as lost.
    patience: timedelta
    # How long it waits for a hold that ends by itself; a hold beyond is left behind.
    longest_hold: timedelta
    clock: Clock
    # Of the systems that send: theirs is the first span of a trace.
    tracer: Tracer
    told: list[dict[str, Any]] = field(default_factory=list)

    async def run(self, client: ServiceBusClient, settings: Mapping[str, str], messages: list[Outgoing]) -> None:
        """Holds it to its end; `told` then has every event."""
        async with (
            client.get_queue_sender(settings["REQUEST_QUEUE"]) as request_queue,
            client.get_queue_sender(settings["APPROVAL_QUEUE"]) as approval_queue,
            asyncio.TaskGroup() as sending,
        ):
            requests, approvals = TracedSender(request_queue, self.tracer), TracedSender(approval_queue, self.tracer)
            producer = Producer(messages, requests, self.progress.sent)
            task, last_news = sending.create_task(producer.send_all()), self.clock.monotonic()
            async for event in events(client, settings["EVENT_TOPIC"]):
                if event is not None:
                    await self._heard(event, producer, approvals)
                    last_news = self.clock.monotonic()
                elif task.done() and (self._is_over() or self._is_silent_since(last_news)):
                    break

    async def _heard(self, event: dict[str, Any], producer: Producer, approvals: TracedSender) -> None:
        self.told.append(event)
        kind, data = event["type"], event["data"]
        if kind == f"{_CHANGE}{HELD}":
            await self._on_hold(event, approvals)
        elif kind.startswith(_APPROVAL):
            await self._on_answer(event, approvals)
        elif kind.startswith(_CHANGE):
            self.account.book(event)
            self.progress.done(self.account.done)
            # Another request had the id: the first one goes on.
            if data["code"] != Code.REQUEST_ID_REUSED:
                self.holds.ended(data["requestId"])
                await producer.ended(data["requestId"])

    async def _on_hold(self, event: dict[str, Any], approvals: TracedSender) -> None:
        if not self.holds.held(event):
            return
        data = event["data"]
        why = ", ".join(_words(finding["code"]) for finding in data["findings"])
        self.progress.told(f"{data['requestId']} is held: {why}.")
        await self._send(self.person.seen(data), approvals)

    async def _on_answer(self, event: dict[str, Any], approvals: TracedSender) -> None:
        if not self.holds.answered(event):
            return
        data = event["data"]
        decision = HoldWord(data["decision"]) if data["decision"] else HoldWord.APPROVE
        counts = "" if event["type"].endswith("accepted") else f", which does not count: {_words(data['code'])}"
        self.progress.told(f"{data['decidedBy']} {_VERBS[decision]} {data['requestId']}{counts}.")
        await self._send(self.person.told(data), approvals)

    async def _send(self, approval: Approval | None, approvals: TracedSender) -> None:
        if approval is not None:
            self.holds.sent.append(approval.approval_id)
            await approvals.send(approval_message(approval))

    def _is_over(self) -> bool:
        left = len(self.holds.left_behind(self.clock.now() + self.longest_hold))
        return self.account.done + left >= self.expected and not self.holds.unanswered

    def _is_silent_since(self, last_news: float) -> bool:
        return self.clock.monotonic() - last_news > self.patience.total_seconds()


def _words(code: str) -> str:
    return code.replace("_", " ")
