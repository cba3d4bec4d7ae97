"""What a sweep reads of each user, one kind of row per source; every row says whose it is. No clear number. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.directory_user import Undetermined
from shared.phone.phone_type import PhoneType


@dataclass(frozen=True, slots=True)
class Person:
    """A user as the directory lists it."""

    user_id: str
    user_principal_name: str
    display_name: str = ""
    mail: str = ""
    department: str = ""
    # ISO 3166 alpha-2: the usage location; "" where the directory has none.
    country: str = ""
    manager_id: str = ""
    manager_name: str = ""
    # None where the directory does not say.
    account_enabled: bool | None = None
    # Graph's `member` or `guest`, lower-cased; "" where the directory does not say.
    user_type: str = "member"
    management_restricted: bool = False
    preferred_language: str = ""
    created_at: datetime | None = None
    # The last day of work (employeeLeaveDateTime); None where there is none, or where the app may not read it.
    leaves_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A row of the registration report: which methods, in the report's own words, and as of when."""

    user_id: str
    methods: tuple[str, ...]
    reported_at: datetime | None = None
    # The report's `member` or `guest`, lower-cased.
    user_type: str = "member"


@dataclass(frozen=True, slots=True)
class PhoneSeen:
    """What is kept of a phone that was read; the number itself is not."""

    phone_type: PhoneType
    # "" in the next five where the stored text is no phone number.
    masked: str = ""
    # A keyed hash under the current key: equal numbers have equal ones.
    number_hash: str = ""
    # What a watermark says that expects this number there, under each of the keys.
    mark_hashes: tuple[str, ...] = ()
    # ISO 3166 alpha-2 or 001, and libphonenumber's type in lower case; "" also where no such number exists.
    region: str = ""
    kind: str = ""
    # Whether policy's `blockedNumbers` names it.
    is_blocked: bool = False
    # Whether it is written as Graph documents it: `+<country code> <number>[x<extension>]`.
    is_well_written: bool = True
    # Graph's smsSignInState, such as `ready`; "" where it does not say.
    sms_sign_in: str = ""


@dataclass(frozen=True, slots=True)
class MethodsRead:
    """A user's methods, read one by one; `methods` are Graph's type names without phones and password."""

    user_id: str
    read_at: datetime
    methods: tuple[str, ...] = ()
    phones: tuple[PhoneSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodsRefused:
    """Graph refused to tell a user's methods, and why: HTTP status and code."""

    user_id: str
    why: str
    # Whether Graph knows no such user: then nothing that the report says of the user is true any more.
    is_gone: bool = False


type Reading = MethodsRead | MethodsRefused


@dataclass(frozen=True, slots=True)
class Expected:
    """What the last change that this product made for HR left there; `value_hash` is "" where it left no phone."""

    user_id: str
    phone_type: PhoneType
    value_hash: str


@dataclass(frozen=True, slots=True)
class ProtectedPerson:
    """Someone whom policy protects, and by what, in words for people."""

    user_id: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Protection:
    """Whom policy protects in the whole tenant; `undetermined` is what Graph refused to tell."""

    people: tuple[ProtectedPerson, ...] = ()
    undetermined: frozenset[Undetermined] = frozenset()


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A source that cannot be read at all, and why, in words for people."""

    why: str
    reason: Literal["licence", "permission", "other"] = "other"
