"""A change soon after another one: whoever has just taken an account over changes its phone again."""

from collections.abc import Mapping

from shared.codes import Code
from shared.policy.facts import Facts
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects while the user's last change is younger than the cool-down."""
    cool_down = facts.policy.tripwires.cool_down
    if facts.history is None or cool_down is None or not facts.history.of_user:
        return None
    last = facts.history.of_user[0]
    return f"The last change was on {last:%Y-%m-%d at %H:%M} UTC." if facts.now - last < cool_down else None


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the last change and the cool-down."""
    last = facts.history.of_user[0] if facts.history and facts.history.of_user else "none"
    return {"lastChange": last, "coolDown": facts.policy.tripwires.cool_down or "off"}


RULE = Rule(Code.COOL_DOWN, objection, inputs, lambda policy: policy.tripwires.cool_down is None)
