"""Turns the names in a file into ids: roles, groups, managers, the default method."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.graph.tenant.drafts import GroupDraft, listed, named
from local.graph.tenant.file_faults import FaultList
from local.graph.tenant.model import DEFAULT_METHODS, Group, ScopedRole, derived_id
from local.graph.tenant.roles import RoleCatalogue

ROLE_TYPE = "#microsoft.graph.directoryrole"
GROUP_TYPE = "#microsoft.graph.group"
GROUP_NAMES = ("id", "displayName", "name")


@dataclass
class Links:
    """What can be referred to."""

    faults: FaultList
    users: Mapping[str, str]
    groups: dict[str, Group] = field(default_factory=dict)
    group_ids: dict[str, str] = field(default_factory=dict)
    catalogue: RoleCatalogue = field(default_factory=RoleCatalogue)

    def declare(self, draft: GroupDraft) -> None:
        """Makes a group known by its id and its name."""
        self.group_ids[draft.id.lower()] = draft.id
        self.group_ids[draft.display_name.lower()] = draft.id

    def roles(self, words: Mapping[str, Any], word: str) -> tuple[str, ...]:
        """Reads roles by name, template id or object."""
        entries = listed(words, word, self.faults)
        if word == "roles":
            entries = entries + [entry for entry in listed(words, "memberOf", self.faults) if _is_role(entry)]
        return tuple(dict.fromkeys(found for entry in entries if (found := self._role(entry))))

    def memberships(self, words: Mapping[str, Any]) -> tuple[str, ...]:
        """Reads groups by name, id or object. A group that the file says nothing else about is an ordinary one."""
        return self._groups(
            [entry for entry in listed(words, "memberOf", self.faults) if not _is_role(entry)], "memberOf"
        )

    def eligible_groups(self, words: Mapping[str, Any]) -> tuple[str, ...]:
        """Reads the groups that a user may join (PIM for Groups)."""
        return self._groups(listed(words, "eligibleMemberOf", self.faults), "eligibleMemberOf")

    def owned_groups(self, words: Mapping[str, Any]) -> tuple[str, ...]:
        """Reads the groups that a user owns; in an export there may be applications among them."""
        return self._groups([entry for entry in listed(words, "owns", self.faults) if not _is_no_group(entry)], "owns")

    def scoped_roles(self, words: Mapping[str, Any]) -> tuple[ScopedRole, ...]:
        """Reads roles that are held for one administrative unit, by its name or id."""
        entries = listed(words, "scopedRoles", self.faults)
        return tuple(dict.fromkeys(found for entry in entries if (found := self._scoped_role(entry))))

    def manager(self, words: Mapping[str, Any]) -> str | None:
        """Reads the manager by id, user principal name or object."""
        entry = words.get("manager")
        if not entry:
            return None
        names = [named(entry, "id"), named(entry, "userPrincipalName", "mail")]
        found = next((self.users[name.lower()] for name in names if name and name.lower() in self.users), None)
        if found is None:
            self.faults.add(f"manager '{names[0] or names[1] or entry}' is no user of this file")
        return found

    def default_method(self, words: Mapping[str, Any]) -> str | None:
        """Reads the default MFA method."""
        entry = words.get("defaultMethod")
        if not entry:
            return None
        known = {name.lower(): name for name in DEFAULT_METHODS}
        if str(entry).lower() not in known:
            self.faults.add(f"defaultMethod '{entry}' is unknown; known are {', '.join(DEFAULT_METHODS)}")
        return known.get(str(entry).lower())

    def user_named(self, name: str) -> str | None:
        """Finds a user's id."""
        return self.users.get(name.lower())

    def _role(self, entry: object) -> str | None:
        template_id = named(entry, "roleTemplateId", "templateId", "roleDefinitionId") if _object(entry) else None
        name = named(entry, "displayName", "name", "id")
        if template_id:
            return self.catalogue.add(template_id.lower(), name or template_id).template_id
        role = self.catalogue.find(name) if name else None
        if role is None:
            self.faults.add(
                f"role '{name or '(without a name)'}' is unknown; give its name in Entra or its template id"
            )
        return role.template_id if role else None

    def _scoped_role(self, entry: object) -> ScopedRole | None:
        unit = named(entry, "administrativeUnit") if _object(entry) else None
        if unit is None:
            self.faults.add("scopedRoles must hold objects with displayName and administrativeUnit")
            return None
        role_id = self._role(entry)
        return ScopedRole(role_id, _unit_id(unit)) if role_id else None

    def _groups(self, entries: list[Any], word: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(found for entry in entries if (found := self._group(entry, word))))

    def _group(self, entry: object, word: str) -> str | None:
        names = [name for key in GROUP_NAMES if (name := named(entry, key))]
        if not names:
            self.faults.add(f"{word} has a group without a name")
            return None
        known = next((self.group_ids[name.lower()] for name in names if name.lower() in self.group_ids), None)
        return known or self._ordinary_group(named(entry, "displayName", "name") or names[0], named(entry, "id"))

    def _ordinary_group(self, display_name: str, group_id: str | None) -> str:
        identity = group_id if group_id and group_id != display_name else derived_id("group", display_name)
        self.groups[identity] = Group(identity, display_name)
        self.group_ids |= {identity.lower(): identity, display_name.lower(): identity}
        return identity


def _unit_id(unit: str) -> str:
    try:
        return str(uuid.UUID(unit))
    except ValueError:
        return derived_id("administrativeUnit", unit)


def _object(entry: object) -> bool:
    return isinstance(entry, Mapping)


def _is_role(entry: object) -> bool:
    return isinstance(entry, Mapping) and str(entry.get("@odata.type", "")).lower() == ROLE_TYPE


def _is_no_group(entry: object) -> bool:
    return isinstance(entry, Mapping) and str(entry.get("@odata.type", GROUP_TYPE)).lower() != GROUP_TYPE
