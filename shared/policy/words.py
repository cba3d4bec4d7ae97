"""The words that a policy is written in: names, regions, durations, kinds of number, each with its check."""

import re
from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, Literal

import phonenumbers
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

from shared.contract_fields import field_title

NO_COUNTRY = "001"
ANY_ROLE = "*"
_LONGEST_NAME = 256
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MANGLED_GUID = re.compile(r"(?=.*\d)[0-9a-fA-F{}\s-]+")
_USER_NAME = re.compile(r"[^\s@]+@[^\s@]+")


def is_guid(text: str) -> bool:
    """Says whether a text has the form of an object id."""
    return bool(_GUID.fullmatch(text))


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
    if not (value == ANY_ROLE or is_guid(value) or is_name):
        message = f"must be a role's template id, its display name or {ANY_ROLE}"
        raise ValueError(message)
    return value


def _user(value: str) -> str:
    if not (is_guid(value) or _USER_NAME.fullmatch(value)):
        message = "must be an object id or a user principal name"
        raise ValueError(message)
    return value


def _group(value: str) -> str:
    if not is_guid(value):
        message = "must be a group's object id"
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
GroupId = Annotated[Name, AfterValidator(_group)]
MailAddress = Annotated[str, StringConstraints(pattern=r"^[^\s@]+@[^\s@]+$")]
NumberPrefix = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{0,14}$")]
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


class Part(BaseModel):
    """A policy with a field that this release does not know is refused: it may be a rule that must not be skipped."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        field_title_generator=field_title,
        hide_input_in_errors=True,
    )
