"""The words that a policy is written in: names, regions, durations, kinds of number, each with its check."""

import re
from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Literal

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, ConfigDict, StringConstraints

from shared.contract_fields import Contract
from shared.policy.builtin_roles import FORMER_NAMES, TEMPLATE_IDS

NO_COUNTRY = "001"
ANY_ROLE = "*"
ANY_REQUESTER = "*"
_LONGEST_NAME = 256
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# What people may have meant: today's names, and what some of them were called before.
_BUILT_IN = {name.casefold(): name for name in TEMPLATE_IDS}
_MEANT = {**_BUILT_IN, **{name.casefold(): now for name, now in FORMER_NAMES.items()}}
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
    """Takes no name that no built-in role has: misspelt, it would protect nobody. Custom roles go by their id."""
    if value == ANY_ROLE or is_guid(value) or value.casefold() in _BUILT_IN:
        return value
    near = get_close_matches(value.casefold(), _MEANT, n=1)
    hint = f"; did you mean {_MEANT[near[0]]}?" if near else ""
    message = f"must be a role's template id, a built-in role's name or {ANY_ROLE}; a custom role goes by its id{hint}"
    raise ValueError(message)


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
UserName = Annotated[Name, AfterValidator(_user)]
GroupId = Annotated[Name, AfterValidator(_group)]
MailAddress = Annotated[str, StringConstraints(pattern=r"^[^\s@]+@[^\s@]+$")]
NumberPrefix = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{0,14}$")]
ISO_8601 = BeforeValidator(_iso_8601)
Duration = Annotated[timedelta, ISO_8601]
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


class Part(Contract):
    """A policy with a field that this release does not know is refused: it may be a rule that must not be skipped."""

    model_config = ConfigDict(extra="forbid")
