"""Which of a user's groups policy goes by."""

from shared.directory_user import DirectoryGroup, Tie
from shared.policy.facts import Facts


def groups_of(facts: Facts) -> tuple[DirectoryGroup, ...]:
    """Gives the user's groups; those that the user may join (PIM) only where policy asks for eligible roles."""
    groups = facts.state.groups if facts.state else ()
    if facts.policy.protected_users.eligible_roles:
        return groups
    return tuple(group for group in groups if group.tie is not Tie.POSSIBLE)
