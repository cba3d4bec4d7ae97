"""A phone that no code reaches is no method: Microsoft's SMS and voice end, and not every tenant has its own."""

from collections.abc import Mapping

from shared.codes import Code
from shared.messages.change_request import Operation
from shared.policy.facts import Facts
from shared.policy.rule import Rule
from shared.policy.telephony import delivers


def objection(facts: Facts) -> str | None:
    """Objects to setting a phone from the day on which nothing is delivered to it."""
    if facts.request.operation is not Operation.SET or delivers(facts.policy.telephony, facts.now):
        return None
    rules = facts.policy.telephony
    if rules.mode == "retired":
        return "Register a passkey or an authenticator app instead."
    return f"Microsoft's delivery ended on {rules.retires_on}. Register a passkey or an authenticator app instead."


def inputs(facts: Facts) -> Mapping[str, object]:
    """Gives the mode and both days."""
    rules = facts.policy.telephony
    return {"mode": rules.mode, "retiresOn": rules.retires_on, "today": facts.now.date()}


RULE = Rule(Code.TELEPHONY_RETIRED, objection, inputs)
