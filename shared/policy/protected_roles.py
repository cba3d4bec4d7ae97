"""Which of a user's roles are protected."""

from collections.abc import Iterable

from shared.directory_user import DirectoryRole, Holding
from shared.policy.builtin_roles import TEMPLATE_IDS
from shared.policy.facts import Facts
from shared.policy.model import Policy
from shared.policy.words import ANY_ROLE, is_guid

_NAMELESS = "one that the app may not read"


def named(facts: Facts, holding: Holding) -> tuple[str, ...]:
    """Gives the names of the roles that a user has in one way."""
    return tuple(_name(role) for role in _roles(facts, holding))


def protecting(facts: Facts, holding: Holding) -> tuple[str, ...]:
    """Gives the names of those that policy protects; a role that cannot be compared with its list is one of them."""
    return protected_among(_roles(facts, holding), facts.policy)


def protected_among(roles: Iterable[DirectoryRole], policy: Policy) -> tuple[str, ...]:
    """Gives the names of those roles that policy protects, one that cannot be compared with its list among them."""
    roles, protected = tuple(roles), {role.casefold() for role in policy.protected_users.directory_roles}
    found = [role for role in roles if _words(role) & _ids_of(protected)]
    unclear = [role for role in roles if _cannot_be_compared(role, protected)]
    return tuple(_name(role) for role in dict.fromkeys([*found, *unclear]))


def _ids_of(protected: set[str]) -> set[str]:
    """Adds the ids of built-in roles that are named: Entra has renamed roles before."""
    return protected | {identity for name, identity in TEMPLATE_IDS.items() if name.casefold() in protected}


def _roles(facts: Facts, holding: Holding) -> tuple[DirectoryRole, ...]:
    return tuple(role for role in (facts.state.roles if facts.state else ()) if role.holding is holding)


def _cannot_be_compared(role: DirectoryRole, protected: set[str]) -> bool:
    """Says whether the app may not read that by which policy names roles: the id, or the name."""
    ids = {word for word in protected if is_guid(word)}
    return (not role.template_id and bool(ids)) or (not role.name and bool(protected - ids - {ANY_ROLE}))


def _words(role: DirectoryRole) -> set[str]:
    return {ANY_ROLE, role.template_id.casefold(), role.name.casefold()}


def _name(role: DirectoryRole) -> str:
    return role.name or role.template_id or _NAMELESS
