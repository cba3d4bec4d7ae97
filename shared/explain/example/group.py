"""Groups as an example has them, and which of them a user is in or owns."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from shared.directory_user import DirectoryGroup, DirectoryRole, Holding, Tie
from shared.explain.example.role import ROLE_TYPE, guid, read_role
from shared.explain.example.vocabulary import GROUP
from shared.explain.example.words import Words, named, read_words

_NAMESPACE = uuid.UUID("6f7bb6a4-53c5-4ec1-9b1c-8f4d1f2b7c31")
_GROUP_TYPE = "#microsoft.graph.group"


def derived_id(*names: str) -> str:
    """Derives an id that is the same at every reading."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(name.lower() for name in names)))


@dataclass(frozen=True, slots=True)
class ExampleGroup:
    """A group, the roles that its members hold through it, and the names of the groups that it is in."""

    group: DirectoryGroup
    roles: tuple[DirectoryRole, ...] = ()
    inside: tuple[str, ...] = ()
    members: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()


@dataclass(slots=True)
class GroupBook:
    """All groups of an example, by id and by name, lower-cased."""

    _by_name: dict[str, ExampleGroup] = field(default_factory=dict)

    def add(self, entry: object, place: str, faults: list[str]) -> ExampleGroup:
        """Reads a group and makes it known; one that is known already is the same, and what either says holds."""
        words = read_words(_as_object(entry), place, GROUP, faults)
        found = _read(words)
        known = self.find(found.group.id) or self.find(found.group.name)
        merged = _merged(known, found) if known else found
        for name in filter(None, (merged.group.id, merged.group.name)):
            self._by_name[name.lower()] = merged
        return merged

    def find(self, name: str) -> ExampleGroup | None:
        """Finds a group by id or name."""
        return self._by_name.get(name.lower())

    def of(self, names: frozenset[str], member_of: tuple[ExampleGroup, ...]) -> tuple[ExampleGroup, ...]:
        """Gives the groups that a user is in, also through other groups; `names` are the user's own, lower-cased."""
        waiting = [*member_of, *(each for each in self._all() if each.members & names)]
        found: dict[str, ExampleGroup] = {}
        while waiting:
            each = waiting.pop(0)
            if each.group.id not in found:
                found[each.group.id] = each
                waiting += [outer for outer in self._all() if self._contains(outer, each)]
        return tuple(found.values())

    def owned_by(self, names: frozenset[str]) -> tuple[ExampleGroup, ...]:
        """Gives the groups that name a user as their owner."""
        return tuple(each for each in self._all() if each.owners & names)

    def _all(self) -> Iterator[ExampleGroup]:
        return iter({each.group.id: each for each in self._by_name.values()}.values())

    def _contains(self, outer: ExampleGroup, inner: ExampleGroup) -> bool:
        own = {inner.group.id.lower(), inner.group.name.lower()}
        inside = {name.lower() for name in inner.inside}
        return bool(outer.members & own or {outer.group.id.lower(), outer.group.name.lower()} & inside)


def is_role(entry: object) -> bool:
    """Says whether an entry of a user's memberships is a directory role, as Graph lists them there."""
    return isinstance(entry, Mapping) and str(entry.get("@odata.type", "")).lower() == ROLE_TYPE


def is_group(entry: object) -> bool:
    """Says whether an entry is a group, or says nothing else."""
    return not isinstance(entry, Mapping) or str(entry.get("@odata.type", _GROUP_TYPE)).lower() == _GROUP_TYPE


def _as_object(entry: object) -> object:
    """Takes a text for the group's id where it looks like one, because policy lists ids; else for its name."""
    if not isinstance(entry, str):
        return entry
    return {"id": entry, "displayName": entry} if guid(entry) else {"displayName": entry}


def _read(words: Words) -> ExampleGroup:
    name, identity = words.text("displayName"), words.text("id")
    if not (name or identity):
        words.fault("has no displayName")
    roles = (*_roles(words, "roles", Holding.ACTIVE), *_roles(words, "eligibleRoles", Holding.ELIGIBLE))
    given = words.flag("isAssignableToRole", usual=False)
    # Graph says null and no name of a group that the app may not read; of any other, null means no. And only a
    # role-assignable group can hold a role, so one that does needs no further word.
    unread = None if given is None and not name else False
    group = DirectoryGroup(identity or derived_id("group", name or ""), name or "", bool(given or roles) or unread)
    return ExampleGroup(
        group,
        tuple(role for role in roles if role.holding is Holding.ACTIVE),
        _names(words, "memberOf"),
        frozenset(each.lower() for each in _names(words, "members")),
        frozenset(each.lower() for each in _names(words, "owners")),
    )


def _roles(words: Words, word: str, holding: Holding) -> list[DirectoryRole]:
    read = [read_role(entry, holding, words) for entry in words.listed(word)]
    return [role for role in read if role]


def _names(words: Words, word: str) -> tuple[str, ...]:
    found = [named(entry, "id", "userPrincipalName", "displayName", "name") for entry in words.listed(word)]
    if not all(found):
        words.fault(f"{word} has an entry without a name")
    return tuple(name for name in found if name)


def _merged(known: ExampleGroup, found: ExampleGroup) -> ExampleGroup:
    assignable = known.group.role_assignable or found.group.role_assignable
    group = replace(known.group, role_assignable=assignable, tie=Tie.MEMBER)
    return ExampleGroup(
        group,
        (*known.roles, *found.roles),
        (*known.inside, *found.inside),
        known.members | found.members,
        known.owners | found.owners,
    )
