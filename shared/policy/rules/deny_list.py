"""Users whom policy names itself: break-glass accounts, executives, whoever is not to be touched."""

from collections.abc import Mapping

from shared.codes import Code
from shared.policy.facts import Facts
from shared.policy.protected_groups import groups_of
from shared.policy.rule import Rule
from shared.policy.user_names import names_of


def objection(facts: Facts) -> str | None:
    """Objects to a user on the list, or one who is in, owns, or may join a group on the list."""
    if facts.state is None:
        return None
    protected = facts.policy.protected_users
    if names_of(facts.state.user) & {entry.casefold() for entry in protected.users}:
        return "The user is on the list."
    listed = {entry.casefold() for entry in protected.groups}
    found = [group.name or group.id for group in groups_of(facts) if group.id.casefold() in listed]
    return f"Group: {', '.join(found)}." if found else None


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the length of both lists, and the number of the user's groups."""
    protected, groups = facts.policy.protected_users, facts.state.groups if facts.state else ()
    return {"users": len(protected.users), "groups": len(protected.groups), "userIsInGroups": len(groups)}


RULE = Rule(Code.PROTECTED_USER, objection, inputs)
