"""What happened, in the order in which it took effect, as the ports saw it."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType


class Op(StrEnum):
    """What can happen."""

    ACCEPTED = "accepted"
    """A producer's message came to lie on the queue: label, body."""
    WRITE = "write"
    """A write took effect in the directory: user, phone_type, value, sequence, label, undoes, at (seconds)."""
    TERMINAL = "terminal"
    """An outcome was written down: key, label, sequence, outcome, code, user, phone_types, value, event_id."""
    HELD = "held"
    """A hold was written down: key, label, event_id, codes, releases_at (seconds or None)."""
    DECIDED = "decided"
    """A person's decision about a hold was written down: key, state."""
    EVENT = "event"
    """An event came to the topic: event_id, body."""
    PARKED = "parked"
    """A message came to the parked queue: label, event_id."""
    MAIL = "mail"
    """A mail was handed over: event_id, recipient."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that took effect."""

    op: Op
    facts: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.facts[name]


@dataclass(frozen=True, slots=True)
class Current:
    """The message that a worker has in its hands."""

    label: str
    # The place of the request's first arrival.
    sequence: int
    # What the request asks for; nothing where the message is no request.
    phone_types: tuple[PhoneType, ...] = ()
    value: PhoneNumber | None = None
    # The request that an undo undoes.
    undoes: str | None = None


CURRENT: ContextVar[Current] = ContextVar("CURRENT")


@dataclass
class History:
    """All that happened."""

    happenings: list[Happening] = field(default_factory=list)

    def note(self, op: Op, **facts: Any) -> None:
        """Notes what just took effect."""
        self.happenings.append(Happening(op, facts))

    def of(self, op: Op) -> list[Happening]:
        """Gives everything of one kind."""
        return [happening for happening in self.happenings if happening.op is op]
