"""The policy file's contract. Every field is described here; `docs/schemas/policy.schema.json` is made from it."""

import re
from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, Literal, Self

import phonenumbers
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from shared.messages.change_request import Operation
from shared.outcome import Outcome
from shared.phone.phone_type import PhoneType

NO_COUNTRY = "001"
ANY_REQUESTER = "*"
ANY_ROLE = "*"
# What no company means; a larger figure is a slip.
_LONGEST_AGE = timedelta(days=400)
_LARGEST_TOLERANCE = timedelta(hours=1)
_LONGEST_NAME = 256
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MANGLED_GUID = re.compile(r"(?=.*\d)[0-9a-fA-F{}\s-]+")
_USER_NAME = re.compile(r"[^\s@]+@[^\s@]+")


def _known_region(value: str) -> str:
    if value not in {*phonenumbers.SUPPORTED_REGIONS, NO_COUNTRY}:
        message = f"{value} is no region with phone numbers (ISO 3166 alpha-2; the United Kingdom is GB)"
        raise ValueError(message)
    return value


def _name(value: str) -> str:
    if value != value.strip() or not value.isprintable() or not 0 < len(value) <= _LONGEST_NAME:
        message = f"must be printable text of 1 to {_LONGEST_NAME} characters, without blanks around it"
        raise ValueError(message)
    return value


def _role(value: str) -> str:
    is_name = any(map(str.isalpha, value)) and not _MANGLED_GUID.fullmatch(value)
    if not (value == ANY_ROLE or _GUID.fullmatch(value) or is_name):
        message = f"must be a role's template id, its display name or {ANY_ROLE}"
        raise ValueError(message)
    return value


def _user(value: str) -> str:
    if not (_GUID.fullmatch(value) or _USER_NAME.fullmatch(value)):
        message = "must be an object id or a user principal name"
        raise ValueError(message)
    return value


def _iso_8601(value: object) -> object:
    if not isinstance(value, timedelta) and not (isinstance(value, str) and value.lstrip("+-").startswith("P")):
        message = "must be an ISO 8601 duration, such as P7D or PT5M"
        raise ValueError(message)
    return value


def _each_once[T: Collection[str]](values: T) -> T:
    """Names are compared without case, and so are repeats."""
    counted = Counter(value.casefold() for value in values)
    if repeated := [name for name, count in counted.items() if count > 1]:
        message = f"says more than once: {', '.join(repeated)}"
        raise ValueError(message)
    return values


EachOnce = AfterValidator(_each_once)
Name = Annotated[str, AfterValidator(_name)]
Region = Annotated[str, StringConstraints(pattern=r"^(?:[A-Z]{2}|001)$"), AfterValidator(_known_region)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_known_region)]
Role = Annotated[Name, AfterValidator(_role)]
ProtectedUser = Annotated[Name, AfterValidator(_user)]
MailAddress = Annotated[str, StringConstraints(pattern=r"^[^\s@]+@[^\s@]+$")]
Duration = Annotated[timedelta, BeforeValidator(_iso_8601)]
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


def _title(name: str, _: object) -> str:
    return to_camel(name)


class _Part(BaseModel):
    """A policy with a field that this release does not know is refused: it may be a rule that must not be skipped."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, field_title_generator=_title, hide_input_in_errors=True
    )


class Regions(_Part):
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


class RequestAge(_Part):
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


class ProtectedUsers(_Part):
    """Whose phones this product never touches."""

    directory_roles: Annotated[tuple[Role, ...], EachOnce] = Field(
        (ANY_ROLE,),
        min_length=1,
        description="Role template ids or display names of directory roles; `*` protects holders of any role. Never "
        "empty: this product's permission would change the phones of every administrator.",
    )
    users: Annotated[tuple[ProtectedUser, ...], EachOnce] = Field((), description="Object ids or user principal names.")


class LockOut(_Part):
    """What a change must leave a user with."""

    minimum_usable_methods: int = Field(
        1,
        ge=1,
        le=5,
        strict=True,
        description="Usable methods, passwords apart, after a removal; all phones together count once. "
        "Never 0, which would permit a lock-out.",
    )


class ServiceDesk(_Part):
    """Whom a user turns to who did not expect a change."""

    name: Name = "your service desk"
    contact: str = Field("", description="Phone, address or link, printed in mails as it stands here.")


Recipient = Literal["user", "manager"] | MailAddress


class Policy(_Part):
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
