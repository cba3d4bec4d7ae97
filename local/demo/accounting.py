"""Counts what went in against what came out: nothing may be lost, nothing invented."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.demo.producer import Outgoing
from shared.messages.change_request import ChangeRequest
from shared.messages.decode import decode
from shared.messages.fingerprint import fingerprint
from shared.messages.received import ReceivedMessage

# Tells contents apart within one run; no secret.
_KEY = b"accounting" * 4
# A message whose id may not be told, because it holds the phone number, is told under a name of the function's own.
_UNNAMED = "unnamed"


@dataclass
class Account:
    """How many outcomes each request id must have, and the events that told of them."""

    expected: dict[str, int]
    events: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    copies: int = 0

    @classmethod
    def of(cls, messages: Sequence[Outgoing], now: datetime) -> "Account":
        """Opens the account: a repeat is the same request, other content under the same id is another."""
        contents: dict[str, set[str]] = defaultdict(set)
        for message in messages:
            request_id, content = _content(message, now)
            contents[request_id].add(content)
        return cls({request_id: len(found) for request_id, found in contents.items()})

    def book(self, event: dict[str, Any]) -> None:
        """Books an event."""
        request_id, event_id = event["data"]["requestId"], event["id"]
        if request_id not in self.expected and request_id.startswith(f"{_UNNAMED}-"):
            request_id = _UNNAMED
        self.copies += event_id in self.events[request_id]
        self.events[request_id].add(event_id)

    @property
    def total(self) -> int:
        """All outcomes that must come."""
        return sum(self.expected.values())

    @property
    def done(self) -> int:
        """The outcomes that came, of those that must."""
        return sum(min(len(self.events[request_id]), number) for request_id, number in self.expected.items())

    @property
    def lost(self) -> list[str]:
        """Request ids with fewer outcomes than messages that differ."""
        return [name for name, number in self.expected.items() if len(self.events.get(name, ())) < number]

    @property
    def invented(self) -> list[str]:
        """Request ids with more outcomes than messages that differ."""
        return [name for name, found in self.events.items() if len(found) > self.expected.get(name, 0)]


def _content(message: Outgoing, now: datetime) -> tuple[str, str]:
    received = ReceivedMessage(message.body, message.message_id, message.session_id, 0, now)
    found = decode(received)
    if isinstance(found, ChangeRequest):
        return found.request_id, fingerprint(found, _KEY)
    return found.request_id or _UNNAMED, f"unreadable {message.message_id} {message.body.hex()}"
