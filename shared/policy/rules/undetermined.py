"""What Graph does not tell protects: where a permission is missing, nobody is known to be no administrator."""

from collections.abc import Mapping

from shared.codes import Code
from shared.directory_user import Undetermined
from shared.policy.facts import Facts
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects where something that a rule of policy goes by could not be read."""
    missing = [what.replace("_", " ") for what in Undetermined if what in _missing(facts)]
    return f"Not readable: {', '.join(missing)}." if missing else None


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives what could not be read, needed or not."""
    unread = facts.state.undetermined if facts.state else frozenset()
    return {"notReadable": ", ".join(sorted(unread)) or "nothing"}


def _missing(facts: Facts) -> frozenset[Undetermined]:
    protected = facts.policy.protected_users
    needed = {Undetermined.MEMBERSHIPS, Undetermined.ROLE_ASSIGNMENTS}
    if protected.eligible_roles:
        needed |= {Undetermined.ELIGIBLE_ROLES, Undetermined.ELIGIBLE_GROUPS}
    if protected.role_assignable_groups or protected.groups:
        needed.add(Undetermined.OWNED_GROUPS)
    return (facts.state.undetermined if facts.state else frozenset()) & needed


RULE = Rule(Code.PROTECTION_UNKNOWN, objection, inputs)
