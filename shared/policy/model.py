"""The policy file's contract. Every field is described here; `docs/schemas/policy.schema.json` is made from it."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from shared.codes import Code
from shared.messages.change_request import Operation
from shared.outcome import Outcome
from shared.phone.phone_type import PhoneType
from shared.policy.answers import Answer
from shared.policy.brake_rules import BrakeRules
from shared.policy.cases import PolicyCase
from shared.policy.catalogue import CATALOGUE
from shared.policy.exceptions import PolicyException
from shared.policy.methods import LockOut, Telephony
from shared.policy.protection import ProtectedUsers
from shared.policy.sweep import SweepRules
from shared.policy.tripwires import Hold, Tripwires, Undo
from shared.policy.words import (
    ANY_REQUESTER,
    Country,
    Duration,
    EachOnce,
    MailAddress,
    Name,
    NumberKind,
    NumberPrefix,
    Part,
    Region,
)

# What no company means; a larger figure is a slip.
_LONGEST_AGE = timedelta(days=400)
# Clocks differ by seconds.
_LARGEST_TOLERANCE = timedelta(hours=1)


class Regions(Part):
    """Which regions' numbers may be used."""

    allowed: Annotated[tuple[Region, ...], EachOnce] | None = Field(
        None, description="ISO 3166 alpha-2; null allows every region that is not blocked."
    )
    blocked: Annotated[tuple[Region, ...], EachOnce] = Field(
        (), description="Refused; none of them may stand in `allowed`. 001 stands for no country."
    )
    default: Country | None = Field(None, description="Where national numbers of users without usageLocation belong.")

    @model_validator(mode="after")
    def _none_is_both(self) -> Self:
        if both := sorted(set(self.allowed or ()) & set(self.blocked)):
            message = f"says of {', '.join(both)} that it is allowed and that it is blocked"
            raise ValueError(message)
        return self


class RequestAge(Part):
    """How old a request may be."""

    maximum: Duration = Field(
        timedelta(days=7),
        gt=timedelta(0),
        le=_LONGEST_AGE,
        description="ISO 8601; the default validity from requestedAt on.",
    )
    longest: Duration = Field(
        timedelta(days=90),
        gt=timedelta(0),
        le=_LONGEST_AGE,
        description="ISO 8601; the latest that expiresAt may ask for; at most 400 days.",
    )
    clock_tolerance: Duration = Field(
        timedelta(minutes=5),
        ge=timedelta(0),
        le=_LARGEST_TOLERANCE,
        description="ISO 8601; how far requestedAt may lie ahead of the app's clock; at most an hour.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.maximum > self.longest:
            message = "maximum must not be more than longest"
            raise ValueError(message)
        return self


class ServiceDesk(Part):
    """Whom a user turns to who did not expect a change."""

    name: Name = "your service desk"
    contact: str = Field("", description="Phone, address or link, printed in mails as it stands here.")


Recipient = Literal["user", "manager"] | MailAddress


class Policy(Part):
    """The rules by which requests are decided."""

    schema_: str | None = Field(None, alias="$schema", description="Where editors find this schema.")
    version: Name = Field(min_length=1, max_length=32, description="Named in every event, with a hash of the content.")
    regions: Regions = Regions()
    number_types: dict[PhoneType, Annotated[tuple[NumberKind, ...], EachOnce]] = Field(
        description="libphonenumber's types that each phone type may have."
    )
    blocked_numbers: Annotated[tuple[NumberPrefix, ...], EachOnce] = Field(
        (), description="Numbers, or how numbers begin, in E.164, such as +49900; a whole number is a prefix of itself."
    )
    requesters: Annotated[dict[Name, Annotated[tuple[Operation, ...], EachOnce]], EachOnce] = Field(
        description="Which requestedBy may do which operation, names compared without case; "
        "`*` stands for everyone who is not named."
    )
    request_age: RequestAge = RequestAge()
    protected_users: ProtectedUsers = ProtectedUsers()
    lock_out: LockOut = LockOut()
    telephony: Telephony = Telephony()
    tripwires: Tripwires = Tripwires()
    answers: dict[Code, Answer] = Field(
        {}, description="What a rule answers, where that is not its usual answer; docs/policy.md says what is possible."
    )
    hold: Hold = Hold()
    approvers: Annotated[dict[Name, Annotated[tuple[Code | Literal["*"], ...], EachOnce]], EachOnce] = Field(
        {},
        description="Who may approve held requests, and which rules' objections; `*` stands for all. Names are "
        "compared without case. Nobody approves what they asked for themselves.",
    )
    undo: Undo = Undo()
    exceptions: tuple[PolicyException, ...] = Field((), description="Who is excused from which rule, until when.")
    exception_notice: Duration = Field(
        timedelta(days=14),
        ge=timedelta(0),
        le=timedelta(days=400),
        description="ISO 8601; how long before an exception expires it is reported.",
    )
    brake: BrakeRules = BrakeRules()
    notify: dict[Outcome | Literal["held"], Annotated[tuple[Recipient, ...], EachOnce]] = Field(
        {Outcome.CHANGED: ("user",)},
        description="Who gets a mail: `user`, `manager` or an address, by outcome; `held` when a request is held.",
    )
    service_desk: ServiceDesk = ServiceDesk()
    sweep: SweepRules = SweepRules()
    tests: tuple[PolicyCase, ...] = Field((), description="Cases that `python -m shared.policy test` decides.")

    @field_validator("number_types")
    @classmethod
    def _every_phone_type(
        cls, value: dict[PhoneType, tuple[NumberKind, ...]]
    ) -> dict[PhoneType, tuple[NumberKind, ...]]:
        if missing := [phone_type for phone_type in PhoneType if phone_type not in value]:
            message = f"says nothing about {', '.join(missing)}"
            raise ValueError(message)
        return value

    @field_validator("answers")
    @classmethod
    def _are_possible(cls, value: dict[Code, Answer]) -> dict[Code, Answer]:
        if unknown := [code for code in value if code not in CATALOGUE]:
            message = f"{', '.join(unknown)}: no rule answers so"
            raise ValueError(message)
        if faults := [code for code, answer in value.items() if answer not in CATALOGUE[code].answers]:
            possible = {code: " or ".join(CATALOGUE[code].answers) for code in faults}
            message = "; ".join(f"{code} may only be {words}" for code, words in possible.items())
            raise ValueError(message)
        return value

    @field_validator("approvers")
    @classmethod
    def _approve_what_can_be_held(
        cls, value: dict[Name, tuple[Code | Literal["*"], ...]]
    ) -> dict[Name, tuple[Code | Literal["*"], ...]]:
        held = {code for code, entry in CATALOGUE.items() if {Answer.HOLD, Answer.COOL_OFF} & {*entry.answers}}
        if never := sorted({code for codes in value.values() for code in codes} - held - {"*"}):
            message = f"{', '.join(never)}: no rule holds a request for that"
            raise ValueError(message)
        return value

    @field_validator("exceptions")
    @classmethod
    def _have_names_of_their_own(cls, value: tuple[PolicyException, ...]) -> tuple[PolicyException, ...]:
        names = [exception.id.casefold() for exception in value]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            message = f"says more than once: {', '.join(repeated)}"
            raise ValueError(message)
        return value

    @field_validator("tests")
    @classmethod
    def _cases_have_names_of_their_own(cls, value: tuple[PolicyCase, ...]) -> tuple[PolicyCase, ...]:
        names = [case.name for case in value]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            message = f"two cases are called {', '.join(repeated)}"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _remediation_is_entitled(self) -> Self:
        remediation = self.sweep.remediation
        needed = {Operation.REMOVE: remediation.leavers, Operation.SET: remediation.formats}
        entitled = self.entitled(remediation.requested_by)
        if missing := [name for name, on in needed.items() if on and name not in entitled]:
            message = (
                f"sweep.remediation asks as {remediation.requested_by}, and requesters does not let it "
                f"{', '.join(missing)}"
            )
            raise ValueError(message)
        return self

    def entitled(self, requested_by: str) -> tuple[Operation, ...]:
        """Gives what a requester may do; names are compared without case."""
        requesters = {name.casefold(): operations for name, operations in self.requesters.items()}
        return requesters.get(requested_by.casefold(), requesters.get(ANY_REQUESTER, ()))

    def answer_of(self, code: Code) -> Answer:
        """Gives what a rule answers under this policy."""
        return self.answers.get(code, CATALOGUE[code].answer)
