"""What this product knows of a user, read from the directory."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType


class Holding(StrEnum):
    """How a user holds a directory role."""

    ACTIVE = "active"
    """Directly, or through groups."""
    ELIGIBLE = "eligible"
    """Not now, but may activate it (PIM)."""


@dataclass(frozen=True, slots=True)
class DirectoryRole:
    """A directory role; template id and name are empty where the app may not read them."""

    template_id: str
    name: str
    holding: Holding = Holding.ACTIVE


class Tie(StrEnum):
    """What binds a user to a group."""

    MEMBER = "member"
    """Directly, or through other groups."""
    OWNER = "owner"
    POSSIBLE = "possible member"
    """Neither now, but may activate the membership or the ownership (PIM for Groups)."""


@dataclass(frozen=True, slots=True)
class DirectoryGroup:
    """A group that a user is in, owns, or may join; `role_assignable` is None where the app may not read it."""

    id: str
    name: str
    role_assignable: bool | None = False
    tie: Tie = Tie.MEMBER


class Undetermined(StrEnum):
    """What Graph refused to tell of a user. It protects: nothing may be decided in its place."""

    MEMBERSHIPS = "memberships"
    """Groups, and the roles that come with them."""
    ROLE_ASSIGNMENTS = "role_assignments"
    """Roles held directly, also custom ones and those of an administrative unit."""
    ELIGIBLE_ROLES = "eligible_roles"
    ELIGIBLE_GROUPS = "eligible_groups"
    """Groups whose membership or ownership the user may activate."""
    OWNED_GROUPS = "owned_groups"


@dataclass(frozen=True, slots=True)
class DirectoryUser:
    """A user of the directory, without phones."""

    id: str
    user_principal_name: str
    display_name: str = ""
    mail: str | None = None
    usage_location: str | None = None
    preferred_language: str | None = None
    # None where the directory does not say.
    account_enabled: bool | None = None
    management_restricted: bool = False
    # Graph's `member` or `guest`, lower-cased; None where the directory does not say.
    user_type: str | None = "member"
    password_changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredPhone:
    """A phone method as the directory holds it; `number` is None where the stored text is no phone number."""

    phone_type: PhoneType
    number: PhoneNumber | None
    # Whether the text is as Graph documents it: `+<country code> <number>[x<extension>]`.
    is_well_written: bool = True


@dataclass(frozen=True, slots=True)
class UserState:
    """Everything about a user that a decision depends on."""

    user: DirectoryUser
    phones: tuple[StoredPhone, ...]
    roles: tuple[DirectoryRole, ...]
    # Methods other than phones and the password, by Graph's type name, such as `fido2AuthenticationMethod`.
    other_methods: tuple[str, ...]
    groups: tuple[DirectoryGroup, ...] = ()
    undetermined: frozenset[Undetermined] = frozenset()

    def phone(self, phone_type: PhoneType) -> StoredPhone | None:
        """Gives the phone of one type, if there is one."""
        return next((phone for phone in self.phones if phone.phone_type is phone_type), None)


@dataclass(frozen=True, slots=True)
class UserAbsent:
    """No user answers to the key. `perhaps_deleted` where Graph refused to look among the deleted ones."""

    perhaps_deleted: bool = False


@dataclass(frozen=True, slots=True)
class UserDeleted:
    """The user is soft-deleted: an administrator may bring the account back within 30 days."""

    id: str


@dataclass(frozen=True, slots=True)
class UserAmbiguous:
    """More than one user answers to the key."""

    count: int
