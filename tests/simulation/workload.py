"""Requests as they come in a year of a company, all of one kind of trouble or another among them, drawn from a seed."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.phone.phone_type import PhoneType
from tests.fakes.clock import START
from tests.fakes.directory import Person
from tests.simulation.broker import Broker

_POISON = (b"", b"no json", b"[1]", b"\xff\xfe", b'{"schemaVersion": "9.0"}', b'{"requestId": "x"}', b'{"a": ' * 9_000)


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of a producer."""

    at: float
    body: bytes
    message_id: str
    session_id: str
    effective: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Times:
    """When the first message may be sent, and the longest that one lies scheduled or lives."""

    start: datetime = START
    scheduled: timedelta = timedelta(minutes=60)
    life: timedelta = timedelta(minutes=10)


def workload(
    people: list[Person], count: int, rng: random.Random, span: float, times: Times | None = None
) -> Iterator[Sent]:
    """Draws messages over `span` seconds, in the order in which they are sent."""
    moments = sorted(rng.uniform(0, span) for _ in range(count))
    earlier: list[Sent] = []
    for number, at in enumerate(moments):
        sent = _drawn(people, number, at, rng, earlier, times or Times())
        earlier.append(sent)
        yield sent


def _drawn(  # noqa: PLR0913, PLR0917 - one place draws all that a message is
    people: list[Person], number: int, at: float, rng: random.Random, earlier: list[Sent], times: Times
) -> Sent:
    kind = rng.random()
    if kind < 0.05 and earlier:
        again = rng.choice(earlier[-50:])
        return Sent(at, again.body, again.message_id, again.session_id)
    if kind < 0.08:
        return Sent(at, rng.choice(_POISON), f"P-{number}", rng.choice(people).user.user_principal_name)
    fields = _request(rng.choice(people), number, at, rng, times)
    if kind < 0.10 and earlier:
        fields["requestId"] = rng.choice(earlier[-50:]).message_id
    session = str(next(iter(fields["user"].values()))).lower()
    effective = times.scheduled * rng.uniform(1 / 60, 1) if rng.random() < 0.03 else timedelta(0)
    return Sent(at, json.dumps(fields).encode(), fields["requestId"], session, effective)


def _request(person: Person, number: int, at: float, rng: random.Random, times: Times) -> dict[str, Any]:
    requested = times.start + timedelta(seconds=at)
    fields: dict[str, Any] = {
        "schemaVersion": "1.0",
        "requestId": f"R-{number}",
        "operation": "set",
        "user": {"userPrincipalName": person.user.user_principal_name},
        "phoneType": rng.choice(["mobile", "mobile", "mobile", "alternateMobile"]),
        "phoneNumber": f"+49 151 {rng.randrange(10_000_000, 99_999_999)}",
        "requestedBy": rng.choice(["workday"] * 20 + ["nobody"]),
        "reason": "INC-1",
        "requestedAt": requested.isoformat(),
    }
    if rng.random() < 0.15:
        del fields["phoneNumber"]
        fields["operation"] = "remove"
        fields["phoneType"] = rng.choice([*PhoneType, None])
    if rng.random() < 0.03:
        fields["dryRun"] = True
    if rng.random() < 0.05:
        fields["expiresAt"] = (requested + times.life * rng.uniform(1 / 600, 1)).isoformat()
    if rng.random() < 0.2:
        fields["user"] = {"employeeId": person.employee_id}
    return fields


def put(broker: Broker, sent: Sent) -> None:
    """Sends a message to the queue."""
    due = broker.clock.now() + sent.effective if sent.effective else None
    broker.put(sent.body, sent.message_id, sent.session_id, due)
