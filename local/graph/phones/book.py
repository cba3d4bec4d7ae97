"""The phones of one user, at most one of each type."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class PhoneType(StrEnum):
    """Graph's phone types; mobile takes SMS and voice, the others voice only."""

    MOBILE = "mobile"
    ALTERNATE_MOBILE = "alternateMobile"
    OFFICE = "office"


class SmsSignInState(StrEnum):
    """Whether the number also serves as a first factor by SMS."""

    NOT_SUPPORTED = "notSupported"
    NOT_ALLOWED_BY_POLICY = "notAllowedByPolicy"
    NOT_ENABLED = "notEnabled"
    PHONE_NUMBER_NOT_UNIQUE = "phoneNumberNotUnique"
    READY = "ready"
    NOT_CONFIGURED = "notConfigured"


# The ids are the same for every user and in every tenant:
# https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod
METHOD_IDS = {
    PhoneType.MOBILE: "3179e48a-750b-4051-897c-87b9720928f7",
    PhoneType.ALTERNATE_MOBILE: "b6332ec1-7057-4abe-9331-3d72feddfe41",
    PhoneType.OFFICE: "e37fc753-ff3b-4958-9484-eaa9425c82bc",
}
TYPE_OF_ID = {method_id: phone_type for phone_type, method_id in METHOD_IDS.items()}


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone authentication method."""

    phone_type: PhoneType
    number: str
    sms_sign_in: SmsSignInState

    @property
    def method_id(self) -> str:
        """The fixed id of its type."""
        return METHOD_IDS[self.phone_type]


@dataclass(frozen=True, slots=True)
class PhoneBook:
    """A user's phones; it never changes, a write makes a new one."""

    phones: tuple[Phone, ...] = ()

    def __iter__(self) -> Iterator[Phone]:
        return iter(self.phones)

    def get(self, phone_type: PhoneType) -> Phone | None:
        """Returns the phone of that type, if there is one."""
        return next((phone for phone in self.phones if phone.phone_type is phone_type), None)

    def put(self, phone: Phone) -> "PhoneBook":
        """Sets the phone of its type."""
        others = [other for other in self.phones if other.phone_type is not phone.phone_type]
        return PhoneBook(tuple(sorted([*others, phone], key=lambda each: list(PhoneType).index(each.phone_type))))

    def drop(self, phone_type: PhoneType) -> "PhoneBook":
        """Removes the phone of that type."""
        return PhoneBook(tuple(phone for phone in self.phones if phone.phone_type is not phone_type))
