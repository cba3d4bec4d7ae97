"""What there is in a tenant: users, groups, role assignments. No HTTP, no clock."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from local.graph.phones.book import PhoneBook, PhoneType, SmsSignInState
from local.graph.tenant.method_kinds import Method
from local.graph.tenant.roles import RoleCatalogue
from local.graph.timeline import Timeline

NAMESPACE = uuid.UUID("6f7bb6a4-53c5-4ec1-9b1c-8f4d1f2b7c31")

# What may be written for the default method, and the phone that it stands for; the others are no phone.
DEFAULT_METHODS = {
    "mobile": PhoneType.MOBILE,
    "sms": PhoneType.MOBILE,
    "voiceMobile": PhoneType.MOBILE,
    "alternateMobile": PhoneType.ALTERNATE_MOBILE,
    "voiceAlternateMobile": PhoneType.ALTERNATE_MOBILE,
    "office": PhoneType.OFFICE,
    "voiceOffice": PhoneType.OFFICE,
    "push": None,
    "oath": None,
    "none": None,
}

# What a filter on users finds without looking at each of them.
LOOKED_UP = ("id", "userPrincipalName", "employeeId")


def lowered(text: str) -> str:
    """Returns the text in lower case; the same object where it is already, of which a large tenant has many."""
    lower = text.lower()
    return text if lower == text else lower


def derived_id(*names: str) -> str:
    """Derives an id that is the same at every start."""
    return str(uuid.uuid5(NAMESPACE, "/".join(name.lower() for name in names)))


@dataclass(frozen=True)
class ScopedRole:
    """A role that is held for the users of one administrative unit alone."""

    role_id: str
    administrative_unit: str


@dataclass(slots=True)
class User:
    """A user with everything that Graph knows of them. `properties` holds Graph's own ones, the id among them.

    `other_methods` are those that are no phones, as they were and are.
    """

    properties: dict[str, Any]
    phones: Timeline[PhoneBook] = field(default_factory=lambda: Timeline(PhoneBook()))
    other_methods: Timeline[tuple[Method, ...]] = field(default_factory=lambda: Timeline(()))
    roles: tuple[str, ...] = ()
    eligible_roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    eligible_groups: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    scoped_roles: tuple[ScopedRole, ...] = ()
    manager: str | None = None
    default_method: str | None = None
    sms_sign_in: bool = False
    deleted: bool = False
    # Properties in the file that Graph does not have; kept so that the file comes back whole.
    left_aside: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The object id."""
        return str(self.properties["id"])

    @property
    def user_principal_name(self) -> str:
        """The name that the user signs in with."""
        return str(self.properties["userPrincipalName"])

    @property
    def methods(self) -> tuple[Method, ...]:
        """The methods that are no phones, as they are now."""
        return self.other_methods.latest

    @property
    def default_phone(self) -> PhoneType | None:
        """The phone that is the default MFA method, if it is a phone."""
        return DEFAULT_METHODS.get(self.default_method or "none")

    @property
    def management_restricted(self) -> bool:
        """Whether the user is in a restricted management administrative unit."""
        return bool(self.properties.get("isManagementRestricted"))

    def holds_for_sms_sign_in(self, number: str) -> bool:
        """Tells whether the number is this user's for SMS sign-in. Being deleted does not release it."""
        mobile = self.phones.latest.get(PhoneType.MOBILE)
        held = mobile is not None and mobile.number == number and mobile.sms_sign_in is SmsSignInState.READY
        return self.sms_sign_in and held


@dataclass
class Group:
    """A group; it may hold roles and be nested in others."""

    id: str
    display_name: str
    assignable_to_role: bool = False
    roles: tuple[str, ...] = ()
    eligible_roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass
class Tenant:
    """All users and groups, found by id and by name. What a user is found by never changes."""

    users: list[User] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)
    roles: RoleCatalogue = field(default_factory=RoleCatalogue)

    def __post_init__(self) -> None:
        self._by_key: dict[str, User] = {}
        # A live user wins over a soft-deleted one of the same name.
        for user in sorted(self.users, key=lambda each: not each.deleted):
            self._by_key[lowered(user.user_principal_name)] = user
            self._by_key[lowered(user.id)] = user
        self._groups = {group_id.lower(): group for group_id, group in self.groups.items()}
        self._sms_users = [user for user in self.users if user.sms_sign_in]
        # How many users the tenant has for Graph's limits.
        self.size = sum(not user.deleted for user in self.users)

    def any_user(self, key: str) -> User | None:
        """Finds a user by id or user principal name, deleted ones too."""
        return self._by_key.get(key.lower())

    def user(self, key: str) -> User | None:
        """Finds a user by id or user principal name."""
        found = self.any_user(key)
        return None if found is None or found.deleted else found

    def group(self, key: str) -> Group | None:
        """Finds a group by its id."""
        return self._groups.get(key.lower())

    def live_users(self) -> Iterator[User]:
        """Walks the users that are not deleted, in the order of the file."""
        return (user for user in self.users if not user.deleted)

    def sms_sign_in_holder(self, number: str, *, besides: User) -> User | None:
        """Finds another user who signs in by SMS with this number; a soft-deleted one counts."""
        others = (user for user in self._sms_users if user is not besides)
        return next((user for user in others if user.holds_for_sms_sign_in(number)), None)

    def positions(self, name: str, value: str) -> Sequence[int]:
        """Tells at which places of `users` a user has the lower-cased value; for the properties of `LOOKED_UP`."""
        return self._places[name].get(value, ())

    @cached_property
    def role_holders(self) -> tuple[User | Group, ...]:
        """All users that are not deleted and groups that hold a role or may activate one, which never changes."""
        users = (user for user in self.live_users() if user.roles or user.eligible_roles or user.scoped_roles)
        return (*users, *(group for group in self.groups.values() if group.roles or group.eligible_roles))

    @cached_property
    def eligible_members(self) -> tuple[User, ...]:
        """All users that are not deleted and may activate a membership, which never changes."""
        return tuple(user for user in self.live_users() if user.eligible_groups)

    @cached_property
    def _places(self) -> dict[str, dict[str, tuple[int, ...]]]:
        places: dict[str, dict[str, tuple[int, ...]]] = {name: {} for name in LOOKED_UP}
        for position, user in enumerate(self.users):
            for name, found in places.items():
                if isinstance(value := user.properties.get(name), str):
                    key = lowered(value)
                    found[key] = (*found.get(key, ()), position)
        return places
