"""Directory roles by name and by template id."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from shared.policy.builtin_roles import FORMER_NAMES, TEMPLATE_IDS


@dataclass(frozen=True)
class Role:
    """A directory role. Its template id is also the id of its role definition."""

    template_id: str
    display_name: str
    built_in: bool = True

    @property
    def directory_role_id(self) -> str:
        """The id of the activated role, which differs from the template's."""
        return str(uuid.uuid5(uuid.UUID(self.template_id), "directoryRole"))


@cache
def _built_in() -> tuple[dict[str, Role], dict[str, Role]]:
    roles = {name: Role(template_id, name) for name, template_id in TEMPLATE_IDS.items()}
    names = {name.lower(): role for name, role in roles.items()}
    names |= {former.lower(): roles[current] for former, current in FORMER_NAMES.items()}
    return names, {role.template_id: role for role in roles.values()}


@dataclass
class RoleCatalogue:
    """The built-in roles and those that a tenant file brings along."""

    _own: dict[str, Role] = field(default_factory=dict)

    def by_id(self, template_id: str) -> Role:
        """Returns the role of that template id, which must be known."""
        return self._own.get(template_id) or _built_in()[1][template_id]

    def find(self, named: str) -> Role | None:
        """Finds a role by its name, a former name or its template id. An unknown UUID is a role of the tenant's own."""
        names, ids = _built_in()
        known = names.get(named.lower()) or ids.get(named.lower()) or self._own.get(named.lower())
        return known or self._add_if_uuid(named)

    def add(self, template_id: str, display_name: str) -> Role:
        """Adds a role of the tenant's own, unless it is built in."""
        known = _built_in()[1].get(template_id)
        return known or self._own.setdefault(template_id, Role(template_id, display_name, built_in=False))

    def __iter__(self) -> Iterator[Role]:
        return iter([*_built_in()[1].values(), *self._own.values()])

    def _add_if_uuid(self, named: str) -> Role | None:
        try:
            return self.add(str(uuid.UUID(named)), named)
        except ValueError:
            return None
