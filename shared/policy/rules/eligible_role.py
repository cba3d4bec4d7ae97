"""Who may activate a directory role (PIM) is an administrator whenever they like."""

from collections.abc import Mapping

from shared.codes import Code
from shared.directory_user import Holding
from shared.policy.facts import Facts
from shared.policy.protected_roles import named, protecting
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects to a user who may activate a protected role."""
    found = protecting(facts, Holding.ELIGIBLE)
    return f"Eligible for: {', '.join(found)}." if found else None


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the roles that the user may activate."""
    asked = facts.policy.protected_users.eligible_roles
    return {"eligibleFor": ", ".join(named(facts, Holding.ELIGIBLE)) or "none", "eligibleRoles": asked}


RULE = Rule(Code.ELIGIBLE_ADMINISTRATOR, objection, inputs, lambda policy: not policy.protected_users.eligible_roles)
