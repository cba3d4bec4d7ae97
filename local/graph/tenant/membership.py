"""Who is in what, directly and through nested groups."""

from collections.abc import Iterable

from local.graph.tenant.model import Group, Tenant, User
from local.graph.tenant.roles import Role


def transitive_groups(tenant: Tenant, user: User) -> list[Group]:
    """Returns every group that the user is in, nearest first. A cycle of groups does no harm."""
    found: dict[str, Group] = {}
    waiting = list(user.groups)
    while waiting:
        group = tenant.groups[waiting.pop(0)]
        if group.id not in found:
            found[group.id] = group
            waiting += group.groups
    return list(found.values())


def nested_groups(tenant: Tenant, group: Group) -> list[Group]:
    """Returns the group and every group that is in it, however deep. A cycle of groups does no harm."""
    found = {group.id: group}
    waiting = [group.id]
    while waiting:
        outer = waiting.pop(0)
        inner = [each for each in tenant.groups.values() if outer in each.groups and each.id not in found]
        found |= {each.id: each for each in inner}
        waiting += [each.id for each in inner]
    return list(found.values())


def transitive_roles(tenant: Tenant, user: User) -> list[Role]:
    """Returns the built-in roles that are active for the user, own ones first, then those of groups.

    Eligible ones are not, those of an administrative unit are not, and a custom role is no directoryRole in Graph.
    """
    ids = [*user.roles, *_roles_of(transitive_groups(tenant, user))]
    roles = [tenant.roles.by_id(role_id) for role_id in dict.fromkeys(ids)]
    return [role for role in roles if role.built_in]


def _roles_of(groups: Iterable[Group]) -> Iterable[str]:
    return (role_id for group in groups for role_id in group.roles)
