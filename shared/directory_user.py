"""What this product knows of a user, read from the directory."""

from dataclasses import dataclass

from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType


@dataclass(frozen=True, slots=True)
class DirectoryRole:
    """A directory role that a user holds, directly or through groups."""

    template_id: str
    name: str


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


@dataclass(frozen=True, slots=True)
class StoredPhone:
    """A phone method as the directory holds it; `number` is None where the stored text is no phone number."""

    phone_type: PhoneType
    number: PhoneNumber | None


@dataclass(frozen=True, slots=True)
class UserState:
    """Everything about a user that a decision depends on."""

    user: DirectoryUser
    phones: tuple[StoredPhone, ...]
    roles: tuple[DirectoryRole, ...]
    # Methods other than phones and the password, by Graph's type name, such as `fido2AuthenticationMethod`.
    other_methods: tuple[str, ...]

    def phone(self, phone_type: PhoneType) -> StoredPhone | None:
        """Gives the phone of one type, if there is one."""
        return next((phone for phone in self.phones if phone.phone_type is phone_type), None)


@dataclass(frozen=True, slots=True)
class UserAbsent:
    """No user answers to the key."""


@dataclass(frozen=True, slots=True)
class UserAmbiguous:
    """More than one user answers to the key."""

    count: int
