"""Holders of directory roles: an application's permission knows no administrator ladder, so this rule is it."""

from collections.abc import Mapping

from shared.codes import Code
from shared.directory_user import Holding
from shared.policy.facts import Facts
from shared.policy.protected_roles import named, protecting
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects to a user who holds a protected role now, directly or through groups."""
    found = protecting(facts, Holding.ACTIVE)
    return f"Role: {', '.join(found)}." if found else None


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the roles that the user holds, and those that are protected."""
    protected = ", ".join(facts.policy.protected_users.directory_roles)
    return {"roles": ", ".join(named(facts, Holding.ACTIVE)) or "none", "protected": protected}


RULE = Rule(Code.PRIVILEGED_USER, objection, inputs)
