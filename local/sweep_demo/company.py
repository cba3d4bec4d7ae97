"""A generated company in the tenant file's format, and what was planted in it; 200,000 people take seconds."""

import json
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from local.demo.countries import COUNTRIES, Country
from local.sweep_demo import kinds
from local.sweep_demo.casting import Casting, Part
from local.sweep_demo.departments import DEPARTMENTS, Department
from local.sweep_demo.kinds import THIN_SPACE, Kind, NumberSource
from local.sweep_demo.number_blocks import NumberBlock, NumberBook
from local.sweep_demo.people_names import NameBook
from local.sweep_demo.planted import Planted

DOMAIN: Final = "contoso.example"
# Fewer have no room for one of each kind.
FEWEST: Final = 100
_TEAM: Final = 9
# In one of so many the directory says nothing about department, or country.
_SILENT: Final = 200
_METHODS_PATH: Final = "/users/{id}/authentication/methods"
GROUPS: Final[list[dict[str, Any]]] = [
    {"displayName": kinds.GROUP_OF_ADMINISTRATORS, "isAssignableToRole": True, "roles": ["User Administrator"]},
    kinds.GROUP_ON_THE_LIST,
]

type User = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Joined:
    """Someone who registered a passkey in one of the weeks before the run, the first of which is 1."""

    week: int
    user_id: str


@dataclass(slots=True)
class GeneratedTenant:
    """A company of so many people as of a day; the same seed gives the same one.

    What is not the users themselves is known once they have all been drawn.
    """

    people: int
    seed: int
    at: date
    # How many weeks before the run are told: who had a phone alone then begins so.
    weeks: int = 0
    planted: list[Planted] = field(default_factory=list)
    joined: list[Joined] = field(default_factory=list)
    # Whose methods Graph refuses to tell.
    refused: list[str] = field(default_factory=list)
    # Of whose methods the registration report alone tells.
    reported: list[str] = field(default_factory=list)
    # Whom each exception of policy excuses, by user principal name.
    excused: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    # Safe people with a mobile phone, whose number may be changed.
    ordinary: list[tuple[str, str]] = field(default_factory=list)

    def write(self, path: Path, graph: Mapping[str, Any]) -> None:
        """Writes the tenant file, a user at a time."""
        with path.open("w", encoding="utf-8") as file:
            file.write('{"users": [\n')
            for number, user in enumerate(self.users()):
                file.write((",\n" if number else "") + json.dumps(user, ensure_ascii=False))
            rest = {"groups": GROUPS, "graph": dict(graph), "faults": self.faults()}
            file.write("\n], " + json.dumps(rest, ensure_ascii=False)[1:] + "\n")

    def users(self) -> Iterator[User]:
        """Draws everyone, and notes what was planted."""
        draw = random.Random(self.seed)  # noqa: S311 - a demo's people, not a secret
        names, numbers, casting = NameBook.of(self.seed), NumberBook(), Casting(self.people, draw)
        drawing = _Drawing(self, draw, names, numbers)
        for position in range(self.people):
            department = draw.choices(DEPARTMENTS, _DEPARTMENT_WEIGHTS)[0]
            part = casting.part(position, department) if position else _CHIEF
            yield drawing.user(part, department)

    def faults(self) -> list[dict[str, Any]]:
        """Gives the faults by which Graph does not tell the methods of some."""
        return [
            {"match": {"method": "GET", "path": _METHODS_PATH, "user": user_id}, "times": None, "status": 403}
            for user_id in self.refused
        ]


_DEPARTMENT_WEIGHTS: Final = [department.weight for department in DEPARTMENTS]
_COUNTRY_WEIGHTS: Final = [country.weight for country in COUNTRIES]
_CHIEF: Final = Part(kinds.SAFE[0][0])


class _Drawing:
    """Draws one user after the other."""

    def __init__(self, tenant: GeneratedTenant, draw: random.Random, names: NameBook, numbers: NumberBook) -> None:
        self._tenant = tenant
        self._draw = draw
        self._names = names
        self._numbers = numbers
        self._of_department: defaultdict[str, list[str]] = defaultdict(list)
        self._shared: dict[int, str] = {}
        self._chief = ""

    def user(self, part: Part, department: Department) -> User:
        draw, kind = self._draw, part.kind
        country = draw.choices(COUNTRIES, _COUNTRY_WEIGHTS)[0]
        name = self._names.draw(country.region, draw)
        user_id = str(uuid.UUID(int=draw.getrandbits(128), version=4))
        address = f"{name.login}@{DOMAIN}"
        user = {
            "id": user_id,
            "userPrincipalName": address,
            "displayName": name.shown,
            "mail": address,
            "preferredLanguage": country.language,
            **self._place(department, country),
            **kind.words,
            "phoneMethods": [self._phone(phone_type, source, country, part) for phone_type, source in kind.phones],
            "methods": self._methods(kind, user_id),
        }
        if manager := self._manager(department, address):
            user["manager"] = manager
        if kind.leaves_in_days is not None:
            user["employeeLeaveDateTime"] = str(self._tenant.at + timedelta(days=kind.leaves_in_days))
        self._note(kind, user_id, address)
        return user

    def _place(self, department: Department, country: Country) -> dict[str, str]:
        silent = self._draw.randrange(_SILENT)
        told = {"department": department.name, "usageLocation": country.region}
        told.pop({0: "department", 1: "usageLocation"}.get(silent, ""), None)
        return told

    def _phone(self, phone_type: str, source: NumberSource, country: Country, part: Part) -> dict[str, str]:
        block = source if isinstance(source, NumberBlock) else source[country.region]
        number = self._shared.get(part.shares) or self._numbers.draw(block)
        if part.shares:
            self._shared[part.shares] = number
        if part.kind.odd_format:
            number = number.replace(" ", THIN_SPACE)
        return {"phoneType": phone_type, "phoneNumber": number}

    def _methods(self, kind: Kind, user_id: str) -> list[str]:
        """Gives what is registered in the first of the weeks."""
        week = self._draw.randint(1, self._tenant.weeks) if self._tenant.weeks and kind is kinds.JOINED else 0
        if not week:
            return list(kind.methods)
        self._tenant.joined.append(Joined(week, user_id))
        return []

    def _manager(self, department: Department, address: str) -> str:
        """Gives who leads: everyone in a department leads the next nine of those who come after."""
        colleagues = self._of_department[department.name]
        manager = colleagues[(len(colleagues) - 1) // _TEAM] if colleagues else self._chief
        colleagues.append(address)
        self._chief = self._chief or address
        return manager

    def _note(self, kind: Kind, user_id: str, address: str) -> None:
        tenant = self._tenant
        tenant.planted += [seed.of(user_id, kind.excused_by) for seed in kind.found]
        if kind.refused:
            tenant.refused.append(user_id)
        if kinds.HARDWARE in kind.methods:
            tenant.reported.append(user_id)
        if kind.excused_by:
            tenant.excused[kind.excused_by].append(address)
        if kind is kinds.ORDINARY:
            tenant.ordinary.append((user_id, address))
