"""Members and owners of role-assignable groups: whoever is in one is an administrator, or may become one.

Microsoft lets only Privileged Authentication Administrators touch their methods
(https://learn.microsoft.com/graph/api/resources/users).
"""

from collections.abc import Mapping

from shared.codes import Code
from shared.directory_user import DirectoryGroup
from shared.policy.facts import Facts
from shared.policy.protected_groups import groups_of
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects to a present or possible member or owner of such a group; one that cannot be read is supposed to be."""
    found = [_told(group) for group in groups_of(facts) if group.role_assignable is not False]
    return f"{'; '.join(found)}." if found else None


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the groups that may hold roles, and how many others there are."""
    groups = groups_of(facts)
    assignable = [_told(group) for group in groups if group.role_assignable is not False]
    return {"roleAssignable": "; ".join(assignable) or "none", "otherGroups": len(groups) - len(assignable)}


def _told(group: DirectoryGroup) -> str:
    unread = " (the app may not read whether it holds roles)" if group.role_assignable is None else ""
    return f"{group.tie.capitalize()} of {group.name or group.id}{unread}"


RULE = Rule(Code.ROLE_GROUP, objection, inputs, lambda policy: not policy.protected_users.role_assignable_groups)
