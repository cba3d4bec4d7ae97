"""Requests and their answers, on pairs of links: `$cbs` and `$management` both work like this."""

from collections.abc import Callable
from dataclasses import dataclass

from local.servicebus.addresses import Address
from local.servicebus.amqp.message import Map, Properties, body_value, parse_message, value_message
from local.servicebus.amqp.outcomes import Outcome
from local.servicebus.amqp.types import Value
from local.servicebus.outgoing_link import OutgoingLink


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for."""

    message_id: Value
    properties: Map
    body: Value


@dataclass(frozen=True, slots=True)
class Answer:
    """What the broker answers."""

    properties: Map
    body: Value


type Answering = Callable[[Request], Answer]


class AnswerLink:
    """The client's half on which answers go out; they wait for credit like any message."""

    def __init__(self, link: OutgoingLink, address: Address) -> None:
        self.address = address
        self._link = link
        self._waiting: list[bytes] = []

    def send(self, payload: bytes) -> None:
        """Sends an answer, now or once there is credit."""
        self._waiting.append(payload)
        self.pump()

    def pump(self) -> None:
        """Sends what there is, as long as the link has credit."""
        while self._waiting and self._link.ready:
            # Settled: the SDK never settles answers.
            self._link.transfer(self._waiting.pop(0), b"answer", settled=True)

    def settle(self, _tag: bytes, outcome: Outcome) -> Outcome:
        """Has nothing to settle."""
        return outcome

    def closed(self) -> None:
        """Drops what nobody will read."""
        self._waiting.clear()


class RequestSink:
    """The client's half on which requests come in."""

    def __init__(self, answering: Answering, answers: Callable[[], AnswerLink | None]) -> None:
        self._answering = answering
        self._answers = answers

    def receive(self, payload: bytes, _message_format: int) -> None:
        """Answers a request on the other half. Clients name no address to reply to that could be relied on."""
        content = parse_message(payload)
        asked = content.properties.message_id
        answer = self._answering(Request(asked, content.application_properties, body_value(content)))
        if link := self._answers():
            link.send(value_message(answer.body, Properties(correlation_id=asked), answer.properties))
