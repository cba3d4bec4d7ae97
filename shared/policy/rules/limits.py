"""How often phones may be changed in a window: of one user, by one requester, in the whole tenant."""

from collections.abc import Callable, Mapping

from shared.codes import Code
from shared.policy.facts import Facts
from shared.policy.rule import Rule
from shared.policy.tripwires import Limit, Tripwires

type LimitOf = Callable[[Tripwires], Limit | None]
type CountOf = Callable[[Facts, Limit], int]


def _rule(code: Code, limit_of: LimitOf, count_of: CountOf) -> Rule:
    def objection(facts: Facts) -> str | None:
        limit = limit_of(facts.policy.tripwires)
        if facts.history is None or limit is None or count_of(facts, limit) < limit.changes:
            return None
        return f"Policy allows {limit.changes} within the window."

    def inputs(facts: Facts) -> Mapping[str, object]:
        limit = limit_of(facts.policy.tripwires)
        if limit is None:
            return {"limit": "off"}
        return {"changes": count_of(facts, limit), "most": limit.changes, "window": limit.window}

    return Rule(code, objection, inputs, lambda policy: limit_of(policy.tripwires) is None)


def _of_user(facts: Facts, limit: Limit) -> int:
    changes = facts.history.of_user if facts.history else ()
    return sum(facts.now - change < limit.window for change in changes)


PER_USER = _rule(Code.USER_LIMIT, lambda tripwires: tripwires.per_user, _of_user)
PER_REQUESTER = _rule(
    Code.REQUESTER_LIMIT,
    lambda tripwires: tripwires.per_requester,
    lambda facts, _: facts.history.by_requester if facts.history else 0,
)
PER_TENANT = _rule(
    Code.TENANT_LIMIT,
    lambda tripwires: tripwires.per_tenant,
    lambda facts, _: facts.history.in_tenant if facts.history else 0,
)
