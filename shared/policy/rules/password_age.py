"""A change soon after the password was changed: the two steps of a takeover by the service desk's phone."""

from collections.abc import Mapping

from shared.codes import Code
from shared.policy.facts import Facts
from shared.policy.rule import Rule


def objection(facts: Facts) -> str | None:
    """Objects while the password is younger than policy says; a password of unknown age is young."""
    window = facts.policy.tripwires.password_age
    if facts.state is None or window is None:
        return None
    changed = facts.state.user.password_changed_at
    if changed is None:
        return "The directory does not say when."
    return f"It was changed on {changed:%Y-%m-%d at %H:%M} UTC." if facts.now - changed < window else None


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the time of the change and the window."""
    changed = facts.state.user.password_changed_at if facts.state else None
    return {"passwordChanged": changed or "unknown", "passwordAge": facts.policy.tripwires.password_age or "off"}


RULE = Rule(Code.PASSWORD_JUST_CHANGED, objection, inputs, lambda policy: policy.tripwires.password_age is None)
