"""The demo's company: some hundreds of people in a dozen countries, in the tenant file's format."""

import random
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from faker import Faker

from local.demo.countries import COUNTRIES, Country
from local.demo.numbers import REGIONS_WITH_MOBILES, fixed_line_number, in_graphs_format, mobile_number

DOMAIN = "contoso.example"
PEOPLE = 320
FIRST_EMPLOYEE_ID = 100_200
# Shares of people, as in many a tenant.
_DISABLED = 0.05
_NEWCOMERS = 0.12
_SECOND_MOBILES = 0.10
_OFFICE_PHONES = 0.08
_DEPARTMENTS = ("Sales", "Engineering", "Finance", "Operations", "Marketing", "Legal", "Research", "Service")
_TITLES = ("Specialist", "Analyst", "Consultant", "Engineer", "Coordinator", "Team Lead")
_FOLDED = str.maketrans({"ø": "o", "Ø": "O", "ß": "ss", "ł": "l", "Ł": "L", "đ": "d", "æ": "ae", "Æ": "Ae"})
# The demo's policy knows two of them by their ids.
GROUPS: list[dict[str, Any]] = [
    {"displayName": "Cloud Administrators", "isAssignableToRole": True, "roles": ["User Administrator"]},
    {"displayName": "All Staff"},
    {"displayName": "Executive Board", "id": "5f1c7a52-3f0e-4c55-9a1d-0b7c6e2d4a10"},
    {"displayName": "Call Centre", "id": "c0ffee00-5d2b-4e19-8f4a-6a1b2c3d4e5f"},
]

type User = dict[str, Any]


@dataclass
class Company:
    """The people, and those of them that have a part to play."""

    users: list[User]
    ordinary: list[User] = field(default_factory=list)

    def tenant(self, graph: dict[str, Any], faults: list[dict[str, Any]]) -> dict[str, Any]:
        """Gives the tenant file."""
        return {"users": self.users, "groups": GROUPS, "graph": graph, "faults": faults}


def found_company(seed: int) -> Company:
    """Draws a company; the same seed gives the same people."""
    draw = random.Random(seed)  # noqa: S311 - a demo's people, not a secret
    fakers = _fakers(seed)
    users: list[User] = []
    names: set[str] = set()
    for number in range(PEOPLE):
        country = draw.choices(COUNTRIES, [country.weight for country in COUNTRIES])[0]
        users.append(_user(number, country, fakers[country.locale], names, draw))
    _appoint_managers(users, draw)
    return Company(users, [user for user in users if user["accountEnabled"] and len(user["phoneMethods"]) == 1])


def company_of(tenant: dict[str, Any]) -> Company:
    """Takes the people of a tenant file that somebody else wrote."""
    users = tenant["users"]
    return Company(users, [user for user in users if _can_be_drawn_for(user)])


def _can_be_drawn_for(user: User) -> bool:
    located = user.get("usageLocation") in REGIONS_WITH_MOBILES
    return located and user.get("accountEnabled", True) and not user.get("deleted") and not user.get("roles")


def _fakers(seed: int) -> dict[str, Faker]:
    fakers = {country.locale: Faker(country.locale) for country in COUNTRIES}
    for faker in fakers.values():
        faker.seed_instance(seed)
    return fakers


def _user(number: int, country: Country, faker: Faker, names: set[str], draw: random.Random) -> User:
    given, surname = _name(faker)
    login = _login(given, surname, names)
    return {
        "userPrincipalName": f"{login}@{DOMAIN}",
        "displayName": f"{given} {surname}",
        "givenName": given,
        "surname": surname,
        "employeeId": str(FIRST_EMPLOYEE_ID + number),
        "accountEnabled": draw.random() > _DISABLED,
        "usageLocation": country.region,
        "preferredLanguage": country.language,
        "mail": f"{login}@{DOMAIN}",
        # Long enough ago that no tripwire minds.
        "lastPasswordChangeDateTime": f"2025-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}T08:00:00Z",
        "department": draw.choice(_DEPARTMENTS),
        "jobTitle": draw.choice(_TITLES),
        "officeLocation": country.city,
        "phoneMethods": _phones(country, draw),
        "memberOf": ["All Staff"],
    }


def _name(faker: Faker) -> tuple[str, str]:
    if hasattr(faker, "first_romanized_name"):
        return faker.first_romanized_name(), faker.last_romanized_name()
    return faker.first_name(), faker.last_name()


def _login(given: str, surname: str, taken: set[str]) -> str:
    plain = f"{given}.{surname}".lower().replace(" ", "").replace("'", "").translate(_FOLDED)
    base = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    login, number = base, 2
    while login in taken:
        login, number = f"{base}{number}", number + 1
    taken.add(login)
    return login


def _phones(country: Country, draw: random.Random) -> list[dict[str, str]]:
    """Most people have a mobile phone registered, some a second one or an office phone, newcomers none."""
    phones = []
    if draw.random() > _NEWCOMERS:
        phones.append(_phone("mobile", in_graphs_format(mobile_number(country.region, draw))))
        if draw.random() < _SECOND_MOBILES:
            phones.append(_phone("alternateMobile", in_graphs_format(mobile_number(country.region, draw))))
        if draw.random() < _OFFICE_PHONES:
            phones.append(_phone("office", in_graphs_format(fixed_line_number(country.region, draw))))
    return phones


def _phone(phone_type: str, number: str) -> dict[str, str]:
    return {"phoneType": phone_type, "phoneNumber": number}


def _appoint_managers(users: list[User], draw: random.Random) -> None:
    """Gives everyone but the first a manager who is in the list before them: no circles."""
    for position, user in enumerate(users[1:], start=1):
        user["manager"] = users[draw.randrange(max(position // 8, 1))]["userPrincipalName"]
