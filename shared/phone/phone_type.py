"""Graph's three kinds of phone and the fixed ids of their methods."""

from enum import StrEnum


class PhoneType(StrEnum):
    """A phone type, in Graph's words."""

    MOBILE = "mobile"
    ALTERNATE_MOBILE = "alternateMobile"
    OFFICE = "office"


# The same for every user: https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod
METHOD_IDS = {
    PhoneType.MOBILE: "3179e48a-750b-4051-897c-87b9720928f7",
    PhoneType.ALTERNATE_MOBILE: "b6332ec1-7057-4abe-9331-3d72feddfe41",
    PhoneType.OFFICE: "e37fc753-ff3b-4958-9484-eaa9425c82bc",
}

# Graph refuses to delete mobile while alternateMobile exists.
REMOVAL_ORDER = (PhoneType.OFFICE, PhoneType.ALTERNATE_MOBILE, PhoneType.MOBILE)
