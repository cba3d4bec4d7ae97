"""The policy file's contract. Every field is described here; `docs/schemas/policy.schema.json` is made from it."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from shared.messages.change_request import Operation
from shared.outcome import Outcome
from shared.phone.phone_type import PhoneType
from shared.policy.brake_rules import BrakeRules
from shared.policy.words import (
    ANY_ROLE,
    Country,
    Duration,
    EachOnce,
    MailAddress,
    Name,
    NumberKind,
    Part,
    ProtectedUser,
    Region,
    Role,
)

ANY_REQUESTER = "*"
# What no company means; a larger figure is a slip.
_LONGEST_AGE = timedelta(days=400)
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

    maximum: Duration = Field(timedelta(days=7), description="ISO 8601; the default validity from requestedAt on.")
    longest: Duration = Field(
        timedelta(days=90), description="ISO 8601; the latest that expiresAt may ask for; at most 400 days."
    )
    clock_tolerance: Duration = Field(
        timedelta(minutes=5),
        description="ISO 8601; how far requestedAt may lie ahead of the app's clock; at most an hour.",
    )

    @field_validator("maximum", "longest")
    @classmethod
    def _is_an_age(cls, value: timedelta) -> timedelta:
        if not timedelta(0) < value <= _LONGEST_AGE:
            message = f"must be more than nothing and at most {_LONGEST_AGE.days} days"
            raise ValueError(message)
        return value

    @field_validator("clock_tolerance")
    @classmethod
    def _is_a_tolerance(cls, value: timedelta) -> timedelta:
        if not timedelta(0) <= value <= _LARGEST_TOLERANCE:
            message = "must not be negative and at most an hour: clocks differ by seconds"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.maximum > self.longest:
            message = "maximum must not be more than longest"
            raise ValueError(message)
        return self


class ProtectedUsers(Part):
    """Whose phones this product never touches."""

    directory_roles: Annotated[tuple[Role, ...], EachOnce] = Field(
        (ANY_ROLE,),
        min_length=1,
        description="Role template ids or display names of directory roles; `*` protects holders of any role. Never "
        "empty: this product's permission would change the phones of every administrator.",
    )
    users: Annotated[tuple[ProtectedUser, ...], EachOnce] = Field((), description="Object ids or user principal names.")


class LockOut(Part):
    """What a change must leave a user with."""

    minimum_usable_methods: int = Field(
        1,
        ge=1,
        le=5,
        strict=True,
        description="Usable methods, passwords apart, after a removal; all phones together count once. "
        "Never 0, which would permit a lock-out.",
    )


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
    requesters: Annotated[dict[Name, Annotated[tuple[Operation, ...], EachOnce]], EachOnce] = Field(
        description="Which requestedBy may do which operation, names compared without case; "
        "`*` stands for everyone who is not named."
    )
    request_age: RequestAge = RequestAge()
    protected_users: ProtectedUsers = ProtectedUsers()
    lock_out: LockOut = LockOut()
    brake: BrakeRules = BrakeRules()
    notify: dict[Outcome, Annotated[tuple[Recipient, ...], EachOnce]] = Field(
        {Outcome.CHANGED: ("user",)}, description="Who gets a mail: `user`, `manager` or an address, by outcome."
    )
    service_desk: ServiceDesk = ServiceDesk()

    @field_validator("number_types")
    @classmethod
    def _every_phone_type(
        cls, value: dict[PhoneType, tuple[NumberKind, ...]]
    ) -> dict[PhoneType, tuple[NumberKind, ...]]:
        if missing := [phone_type for phone_type in PhoneType if phone_type not in value]:
            message = f"says nothing about {', '.join(missing)}"
            raise ValueError(message)
        return value
