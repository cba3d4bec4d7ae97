"""Members of a restricted management administrative unit, whom applications may not change.

https://learn.microsoft.com/entra/identity/role-based-access-control/admin-units-restricted-management
"""

from collections.abc import Mapping

from shared.codes import Code
from shared.policy.facts import Facts
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects to a member."""
    return "" if facts.state and facts.state.user.management_restricted else None


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives Graph's own word."""
    return {"isManagementRestricted": bool(facts.state and facts.state.user.management_restricted)}


RULE = Rule(Code.RESTRICTED_USER, objection, inputs)
