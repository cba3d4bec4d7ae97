"""A whole change service on fakes: people, policy, a clock, and messages to hand it."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.approvals.service import ApprovalService
from shared.brake.service import BrakeService
from shared.change.parts import ChangeOptions, ChangeParts, ChangePorts
from shared.change.process import ChangeService
from shared.dead_letters.drain import DeadLetterService
from shared.directory_user import DirectoryRole, DirectoryUser
from shared.messages.received import ReceivedMessage
from shared.outbox.dispatch import OutboxService
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.policy.load import LoadedPolicy
from shared.policy.model import Policy
from shared.steps import StepRunner, traced
from tests.fakes.bus import MemoryEventSink, MemoryRequestQueue
from tests.fakes.clock import MovedClock
from tests.fakes.directory import MemoryDirectory, Person
from tests.fakes.history import MemoryChangeHistory, MemoryNumberIndex, MemoryPreviousNumbers
from tests.fakes.ledger import MemoryBrakeLog, MemoryLedger, MemoryWaitingRequests, MemoryWatermarks

KEY = b"k" * 32
OLD = PhoneNumber(49, "15123456780")
NEW = PhoneNumber(49, "15123456789")
NEW_AS_WRITTEN = "0151 / 2345 6789"
ADMIN_ROLE = DirectoryRole("62e90394-69f5-4237-9190-012177145e10", "Global Administrator")

POLICY: dict[str, Any] = {
    "version": "test",
    "regions": {"allowed": None, "blocked": ["CU"], "default": "DE"},
    "numberTypes": {
        "mobile": ["mobile", "fixed_line_or_mobile"],
        "alternateMobile": ["mobile", "fixed_line", "fixed_line_or_mobile"],
        "office": ["fixed_line", "fixed_line_or_mobile"],
    },
    "requesters": {"workday": ["set", "remove", "undo"], "servicedesk": ["set"]},
    # Whatever day it is on the tests' clock.
    "telephony": {"mode": "customer_provider"},
    # Most tests change one user, or give one number to several, again and again.
    "tripwires": {"coolDown": None, "perUser": None, "perRequester": None, "perTenant": None, "usersPerNumber": None},
    "approvers": {"boss@contoso.example": ["*"]},
}


def policy(**changed: Any) -> LoadedPolicy:
    """Gives the tests' policy, with some fields changed."""
    return LoadedPolicy(Policy.model_validate({**POLICY, **changed}), "test+0")


def person(name: str, **fields: Any) -> Person:
    """Gives a person in Germany whose id follows from the name, or from `identity`."""
    number = fields.pop("identity", sum(name.encode()))
    user = DirectoryUser(
        id=f"00000000-0000-4000-8000-{number:012d}",
        user_principal_name=f"{name}@contoso.example",
        display_name=name.title(),
        mail=f"{name}@contoso.example",
        usage_location="DE",
        account_enabled=True,
    )
    return Person(user, employee_id=fields.pop("employee_id", f"E-{name}"), **fields)


@dataclass
class World:
    """The fakes behind one change service, and what they saw."""

    people: list[Person] = field(default_factory=lambda: [person("anna")])
    loaded_policy: LoadedPolicy = field(default_factory=policy)
    run: StepRunner = traced
    options: ChangeOptions = field(default_factory=lambda: ChangeOptions("/test", (KEY,)))
    clock: MovedClock = field(default_factory=MovedClock)
    _sequence: int = 0

    def __post_init__(self) -> None:
        self.directory = MemoryDirectory(self.people)
        self.ledger = MemoryLedger()
        self.watermarks = MemoryWatermarks()
        self.waiting = MemoryWaitingRequests()
        self.history = MemoryChangeHistory()
        self.numbers = MemoryNumberIndex()
        self.previous = MemoryPreviousNumbers(self.clock, self.loaded_policy.rules.undo.retention)
        self.brake_log = MemoryBrakeLog()
        self.events = MemoryEventSink()
        self.queue = MemoryRequestQueue(self.clock)

    @property
    def parts(self) -> ChangeParts:
        ports = ChangePorts(
            clock=self.clock,
            directory=self.directory,
            ledger=self.ledger,
            outbox=self.ledger,
            watermarks=self.watermarks,
            waiting=self.waiting,
            history=self.history,
            numbers=self.numbers,
            previous=self.previous,
            brake=self.brake,
            events=self.events,
            queue=self.queue,
        )
        return ChangeParts(ports, self.loaded_policy, self.options, self.run)

    @property
    def brake(self) -> BrakeService:
        return BrakeService(self.clock, self.brake_log, self.events, self.loaded_policy.rules.brake, "/test")

    @property
    def service(self) -> ChangeService:
        """A service without any memory of its own: each call is a fresh worker."""
        return ChangeService(self.parts)

    @property
    def dead_letters(self) -> DeadLetterService:
        return DeadLetterService(self.parts)

    @property
    def approvals(self) -> ApprovalService:
        return ApprovalService(
            self.clock, self.ledger, self.events, self.queue, self.loaded_policy, "/test", self.options.number_key
        )

    @property
    def outbox(self) -> OutboxService:
        return OutboxService(self.clock, self.ledger, self.events)

    def request(self, request_id: str = "R-1", **fields: Any) -> dict[str, Any]:
        """Gives a request's fields; by default Anna's mobile phone is set."""
        plain = {
            "schemaVersion": "1.0",
            "requestId": request_id,
            "operation": "set",
            "user": {"userPrincipalName": "anna@contoso.example"},
            "phoneNumber": NEW_AS_WRITTEN,
            "requestedBy": "workday",
            "reason": "INC-1",
            "requestedAt": (self.clock.now() - timedelta(minutes=1)).isoformat(),
            **fields,
        }
        return {name: value for name, value in plain.items() if value is not None}

    def message(self, request_id: str = "R-1", **fields: Any) -> ReceivedMessage:
        """Gives a request as a message that arrives now, the next one of the queue."""
        plain = self.request(request_id, **fields)
        session = next(iter(plain["user"].values())).lower() if isinstance(plain.get("user"), dict) else "nobody"
        return self.raw(json.dumps(plain).encode(), request_id, session)

    def raw(self, body: bytes, message_id: str = "R-1", session: str = "anna@contoso.example") -> ReceivedMessage:
        """Gives any bytes as a message."""
        self._sequence += 1
        return ReceivedMessage(body, message_id, session, self._sequence, self.clock.now())

    def approval(self, request_id: str = "R-1", **fields: Any) -> ReceivedMessage:
        """Gives an approval as a message; by default the boss lets the first hold of a request go on."""
        plain = {
            "approvalId": f"A-{request_id}",
            "requestId": request_id,
            "holdId": f"{request_id}:held",
            "decision": "approve",
            "decidedBy": "boss@contoso.example",
            "reason": "Called back",
            "decidedAt": self.clock.now().isoformat(),
            **fields,
        }
        body = json.dumps({name: value for name, value in plain.items() if value is not None}).encode()
        return self.raw(body, str(plain["approvalId"]), "")

    def outcomes(self) -> list[tuple[str, str]]:
        """Gives outcome and code of every event that was sent."""
        return [(event.outcome, event.code) for event in self.events.sent]

    def event(self, index: int = -1) -> dict[str, Any]:
        """Gives an event that was sent, parsed."""
        parsed: dict[str, Any] = json.loads(self.events.sent[index].body)
        return parsed

    def phone(self, phone_type: PhoneType = PhoneType.MOBILE, index: int = 0) -> PhoneNumber | None:
        """Gives a person's phone as it stands in the directory."""
        return self.people[index].phones.get(phone_type)

    async def handle_postponed(self) -> None:
        """Delivers every scheduled copy, the clock moved to when it is due."""
        while self.queue.postponed:
            delay, copy = self.queue.postponed.pop(0)
            self.clock.move(seconds=delay.total_seconds())
            await self.service.handle(copy)
