"""The policy file's contract. Every field is described here; `docs/schemas/policy.schema.json` is made from it."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator
from pydantic.alias_generators import to_camel

from shared.messages.change_request import Operation
from shared.outcome import Outcome
from shared.phone.phone_type import PhoneType

Region = Annotated[str, StringConstraints(pattern=r"^(?:[A-Z]{2}|001)$")]
MailAddress = Annotated[str, StringConstraints(pattern=r"^[^\s@]+@[^\s@]+$")]
NumberKind = Literal[
    "fixed_line",
    "mobile",
    "fixed_line_or_mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
    "unknown",
]
ANY_REQUESTER = "*"
ANY_ROLE = "*"


def _title(name: str, _: object) -> str:
    return to_camel(name)


class _Part(BaseModel):
    """A policy with a field that this release does not know is refused: it may be a rule that must not be skipped."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, field_title_generator=_title
    )


class Regions(_Part):
    """Which regions' numbers may be used."""

    allowed: tuple[Region, ...] | None = Field(None, description="ISO 3166 alpha-2; null allows every region.")
    blocked: tuple[Region, ...] = Field((), description="Refused even where allowed. 001 stands for no country.")
    default: Region | None = Field(None, description="Where national numbers of users without usageLocation belong.")


class RequestAge(_Part):
    """How old a request may be."""

    maximum: timedelta = Field(timedelta(days=7), description="ISO 8601; the default validity from requestedAt on.")
    longest: timedelta = Field(timedelta(days=90), description="ISO 8601; the latest that expiresAt may ask for.")
    clock_tolerance: timedelta = Field(
        timedelta(minutes=5), description="ISO 8601; how far requestedAt may lie ahead of the app's clock."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not timedelta(0) < self.maximum <= self.longest or self.clock_tolerance < timedelta(0):
            message = "needs 0 < maximum <= longest and clockTolerance >= 0"
            raise ValueError(message)
        return self


class ProtectedUsers(_Part):
    """Whose phones this product never touches."""

    directory_roles: tuple[str, ...] = Field(
        (ANY_ROLE,),
        description="Role template ids or display names of directory roles; `*` protects holders of any role.",
    )
    users: tuple[str, ...] = Field((), description="Object ids or user principal names.")


class LockOut(_Part):
    """What a change must leave a user with."""

    minimum_usable_methods: int = Field(
        1, ge=0, le=5, description="Usable methods, passwords apart, after a removal; all phones together count once."
    )


class ServiceDesk(_Part):
    """Whom a user turns to who did not expect a change."""

    name: str = Field("your service desk", min_length=1)
    contact: str = Field("", description="Phone, address or link, printed in mails as it stands here.")


Recipient = Literal["user", "manager"] | MailAddress


class Policy(_Part):
    """The rules by which requests are decided."""

    schema_: str | None = Field(None, alias="$schema", description="Where editors find this schema.")
    version: str = Field(min_length=1, max_length=32, description="Named in every event, with a hash of the content.")
    regions: Regions = Regions()
    number_types: dict[PhoneType, tuple[NumberKind, ...]] = Field(
        description="libphonenumber's types that each phone type may have."
    )
    requesters: dict[str, tuple[Operation, ...]] = Field(
        description="Which requestedBy may do which operation; `*` stands for everyone who is not named."
    )
    request_age: RequestAge = RequestAge()
    protected_users: ProtectedUsers = ProtectedUsers()
    lock_out: LockOut = LockOut()
    notify: dict[Outcome, tuple[Recipient, ...]] = Field(
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
