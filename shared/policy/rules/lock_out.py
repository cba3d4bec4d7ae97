"""A change must leave the user a way to sign in."""

from collections.abc import Mapping

from shared.codes import Code
from shared.policy.facts import Facts
from shared.policy.lock_out import lock_out_proof
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects to a change after which fewer usable methods are left than before, and fewer than the minimum."""
    proof = lock_out_proof(facts)
    if proof is None or not proof.locks_out:
        return None
    return f"{proof.after} would remain, policy demands {proof.minimum}."


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives both counts, the minimum, and each method that would be there after the change."""
    proof = lock_out_proof(facts)
    if proof is None:
        return {"methods": "not known"}
    told = "; ".join(f"{method.method}: {method.why}" for method in proof.methods) or "none"
    counts: dict[str, object] = {"before": proof.before, "after": proof.after, "minimum": proof.minimum}
    return {**counts, "exempt": proof.exempt or "no", "methodsAfter": told}


RULE = Rule(Code.WOULD_LOCK_OUT, objection, inputs)
