"""The change request, as producers put it on the queue (schemaVersion 1.0)."""

import re
import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    SecretStr,
    StrictBool,
    StringConstraints,
    model_validator,
)

from shared.contract_fields import Contract, in_utc
from shared.phone.phone_type import PhoneType

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
# Shorter ones are met in too many ids by chance.
_TELLING_DIGITS = 7
_RUN_DIGITS = 9


class Operation(StrEnum):
    """What a change request asks for."""

    SET = "set"
    REMOVE = "remove"
    UNDO = "undo"


def _rfc3339(value: object) -> object:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        message = "must be an RFC 3339 date and time with an offset, such as 2026-11-23T09:30:00Z"
        raise ValueError(message)
    return value.upper()


def holds_number(name: str, written: str) -> bool:
    """Says whether a name is made of the digits of a number, so that telling the one would tell the other."""
    digits, named = _decimals(written), _decimals(name)
    length = min(len(digits), _RUN_DIGITS)
    if length < _TELLING_DIGITS:
        return False
    return any(digits[start : start + length] in named for start in range(len(digits) - length + 1))


def _decimals(text: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())


Timestamp = Annotated[datetime, BeforeValidator(_rfc3339), AfterValidator(in_utc)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)]
RequestId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:\-]{1,128}$")]
WrittenNumber = Annotated[SecretStr, Field(min_length=1, max_length=64, json_schema_extra={"format": "phone"})]
# What the models' validators hold, said again for readers of the JSON Schema.
_EXACTLY_ONE_KEY: dict[str, JsonValue] = {
    "oneOf": [
        {"required": [key], "properties": {key: {"type": "string"}}}
        for key in ("id", "userPrincipalName", "employeeId")
    ]
}
_FIELDS_FIT_OPERATION: dict[str, JsonValue] = {
    "allOf": [
        {
            "if": {"properties": {"operation": {"const": "set"}}},
            "then": {"required": ["phoneNumber"], "properties": {"phoneNumber": {"type": "string"}}},
            "else": {"properties": {"phoneNumber": {"type": "null"}}},
        },
        {
            "if": {"properties": {"operation": {"const": "undo"}}},
            "then": {
                "required": ["undoes"],
                "properties": {"undoes": {"type": "string"}, "ifCurrent": {"type": "null"}},
            },
            "else": {"properties": {"undoes": {"type": "null"}}},
        },
    ]
}


class UserKey(Contract):
    """Who is meant: exactly one of the three."""

    model_config = ConfigDict(json_schema_extra=_EXACTLY_ONE_KEY)

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")] | None = (
        Field(None, description="Object id in Entra ID.")
    )
    user_principal_name: (
        Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f@]+@[^\s\x00-\x1f\x7f@]+$", max_length=256)] | None
    ) = Field(None, description="User principal name, also of a guest.")
    employee_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] | None = Field(
        None, description="Employee id; more than one match is a rejection."
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(key is not None for key in (self.id, self.user_principal_name, self.employee_id)) != 1:
            message = "give exactly one of id, userPrincipalName and employeeId"
            raise ValueError(message)
        return self

    @property
    def value(self) -> str:
        """The one that is given."""
        return self.id or self.user_principal_name or self.employee_id or ""

    @property
    def session_id(self) -> str:
        """The Service Bus session of this user: the key, lower-cased."""
        return self.value.lower()


class ChangeRequest(Contract):
    """A message that asks for one change of one user's one phone."""

    model_config = ConfigDict(json_schema_extra=_FIELDS_FIT_OPERATION)

    schema_version: Annotated[str, StringConstraints(pattern=r"^1\.[0-9]{1,4}$")] = Field(
        "1.0", description="Version of this contract, major.minor; another major version is parked."
    )
    request_id: RequestId = Field(description="The idempotency key; equal to the Service Bus MessageId.")
    operation: Operation = Field(
        description="`set` creates or replaces; `remove` without phoneType removes all phones of the user; `undo` "
        "restores what an earlier request replaced or removed."
    )
    user: UserKey
    phone_type: PhoneType | None = Field(None, description="Which phone; for `set` the default is mobile.")
    phone_number: WrittenNumber | None = Field(None, description="Required for `set`; as people write it.")
    region: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$", to_upper=True)] | None = Field(
        None,
        description="ISO 3166 alpha-2: where a number without country code belongs. "
        "Default: the user's usageLocation, then the policy's default.",
    )
    if_current: WrittenNumber | None = Field(None, description="Change only if this is the number now.")
    undoes: RequestId | None = Field(
        None,
        description="For `undo`: the requestId of the finished request. Where that changed several phones, "
        "phoneType says which one is restored.",
    )
    requested_by: Text = Field(description="The producer system, such as workday.")
    reason: Text = Field(description="Ticket or form number; kept in the record.")
    requested_at: Timestamp = Field(description="RFC 3339; when the change was asked for.")
    expires_at: Timestamp | None = Field(
        None, description="RFC 3339; after it the request expires. Default: requestedAt plus the policy's maximum age."
    )
    dry_run: StrictBool = Field(default=False, description="Everything but the write; the outcome is `planned`.")

    @model_validator(mode="after")
    def _fields_fit_the_operation(self) -> Self:
        if self.operation is Operation.SET and self.phone_number is None:
            message = "phoneNumber is required for set"
            raise ValueError(message)
        if self.operation is Operation.REMOVE and self.phone_number is not None:
            message = "phoneNumber does not belong to remove; use ifCurrent to name the number that must be there"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _undo_names_what_it_undoes(self) -> Self:
        if (self.operation is Operation.UNDO) is not (self.undoes is not None):
            message = "undoes is required for undo, and belongs to nothing else"
            raise ValueError(message)
        if self.operation is Operation.UNDO and self.written_numbers:
            message = "phoneNumber and ifCurrent do not belong to undo: both are known from the request that is undone"
            raise ValueError(message)
        if self.undoes == self.request_id:
            message = "a request cannot undo itself"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _times_and_phones_fit(self) -> Self:
        if self.if_current is not None and len(self.phone_types) > 1:
            message = "ifCurrent needs a phoneType"
            raise ValueError(message)
        if self.expires_at is not None and self.expires_at <= self.requested_at:
            message = "expiresAt must be later than requestedAt"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _id_tells_no_number(self) -> Self:
        if any(holds_number(self.request_id, number) for number in self.written_numbers):
            message = "requestId must not contain the phone number: it appears in events and logs"
            raise ValueError(message)
        return self

    @property
    def written_numbers(self) -> tuple[str, ...]:
        """The clear numbers that the request names, as written. Never log them."""
        return tuple(number.get_secret_value() for number in (self.phone_number, self.if_current) if number)

    @property
    def phone_types(self) -> tuple[PhoneType, ...]:
        """The phone types that the request concerns: one, or all for a removal that names none."""
        if self.phone_type is not None:
            return (self.phone_type,)
        return (PhoneType.MOBILE,) if self.operation is Operation.SET else tuple(PhoneType)

    def content(self) -> dict[str, Any]:
        """Gives what makes two requests the same, in clear and in JSON types. Never log it.

        What is only said and what is meant anyway are the same: a default counts as absent.
        """
        plain = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        plain["phoneTypes"] = sorted(self.phone_types)
        plain.pop("phoneType", None)
        for name, secret in (("phoneNumber", self.phone_number), ("ifCurrent", self.if_current)):
            if secret is not None:
                plain[name] = secret.get_secret_value()
        return plain
